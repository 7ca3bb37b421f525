import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, test } from 'node:test';
import { Agent, request } from 'undici';
import { Router } from 'koa-router';
import { OurBug, OutsideTrouble, WrongRequest } from '../../src/base/errors.ts';
import { eventually } from '../support/world.ts';
import { runApp } from './running-app.ts';

function failing(error: unknown): Router {
  const router = new Router();
  router.get('fails', '/fails/:id', () => {
    throw error;
  });
  return router;
}

describe('errors', () => {
  test('a wrong request is told what is wrong, by field', async (context) => {
    const faults = [{ path: 'name', message: 'is needed' }];
    const { url } = await runApp(context, {
      routers: [failing(new WrongRequest('name-missing', 'a name is needed', { status: 422, faults }))],
    });
    const response = await fetch(`${url}/fails/1`);
    assert.equal(response.status, 422);
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
    assert.deepEqual(await response.json(), { code: 'name-missing', message: 'a name is needed', faults });
  });

  test('trouble outside is 503 and a warning; the caller learns no details', async (context) => {
    const { url, logger } = await runApp(context, {
      routers: [failing(new OutsideTrouble('database-unreachable', 'password of postgres@10.0.0.1 refused'))],
    });
    const response = await fetch(`${url}/fails/1`);
    assert.equal(response.status, 503);
    const text = await response.text();
    assert.ok(!text.includes('postgres') && text.includes('database-unreachable'));
    assert.deepEqual(
      logger.lines.filter((line) => line.level !== 'info').map((line) => [line.level, line.event]),
      [['warn', 'outside-trouble']],
    );
  });

  for (const error of [new OurBug('counter is negative'), new Error('secret inside'), 'a string', null]) {
    test(`a bug (${String(error)}) is 500, an error in the log, and silent to the caller`, async (context) => {
      const { url, logger } = await runApp(context, { routers: [failing(error)] });
      const response = await fetch(`${url}/fails/1`);
      assert.equal(response.status, 500);
      const body = (await response.json()) as { code: string; message: string };
      assert.equal(body.code, 'internal');
      assert.ok(body.message.includes(response.headers.get('x-request-id') ?? 'no id'));
      assert.ok(!body.message.includes('secret'));
      assert.equal(logger.lines.filter((line) => line.level === 'error').length, 1);
    });
  }

  test('a browser gets a page, and nothing in it is markup of the caller', async (context) => {
    const { url } = await runApp(context, {
      routers: [failing(new WrongRequest('nope', '<script>alert(1)</script>', { status: 404 }))],
    });
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const response = await fetch(`${url}/fails/1`, { headers });
    assert.equal(response.status, 404);
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    const page = await response.text();
    assert.ok(page.includes('页面不存在') && !page.includes('<script'));
    const missing = await fetch(`${url}/nowhere`, { headers });
    assert.match(missing.headers.get('content-type') ?? '', /^text\/html/);
    const api = await fetch(`${url}/api/nowhere`, { headers });
    assert.deepEqual([api.status, ((await api.json()) as { code: string }).code], [404, 'not-found']);
  });

  test('an unknown address is 404, a wrong method 405 with Allow, a broken escape 400', async (context) => {
    const { url } = await runApp(context, { routers: [failing(new Error('not reached'))] });
    assert.equal(((await (await fetch(`${url}/nowhere`)).json()) as { code: string }).code, 'not-found');
    const wrongMethod = await fetch(`${url}/fails/1`, { method: 'DELETE' });
    assert.deepEqual([wrongMethod.status, wrongMethod.headers.get('allow')], [405, 'HEAD, GET']);
    assert.equal(((await wrongMethod.json()) as { code: string }).code, 'method-not-allowed');
    assert.ok([400, 500].includes((await fetch(`${url}/fails/%E0%A4%A`)).status));
  });

  test('routes under a prefix are found as Koa finds them, and keep nothing from the routes behind', async (context) => {
    const first = new Router({ prefix: '/api/First' });
    const second = new Router();
    first.get('one', '/one', (ctx) => void (ctx.body = 'first'));
    second.post('one-too', '/api/first/one', (ctx) => void (ctx.body = 'second'));
    second.get('rest', '/api/:rest', (ctx) => void (ctx.body = 'rest'));
    const { url } = await runApp(context, { routers: [first, second] });
    const text = async (path: string, method = 'GET'): Promise<string> => (await fetch(url + path, { method })).text();
    assert.equal(await text('/api/First/one'), 'first');
    assert.equal(await text('/API/first/ONE'), 'first');
    assert.equal(await text('/api/first/one', 'POST'), 'second');
    assert.equal(await text('/api/firstborn'), 'rest');
    const wrongMethod = await fetch(`${url}/api/first/one`, { method: 'DELETE' });
    assert.deepEqual([wrongMethod.status, wrongMethod.headers.get('allow')], [405, 'HEAD, GET, POST']);
  });
});

describe('what every answer carries', () => {
  test('security headers, which a route may widen', async (context) => {
    const router = new Router();
    router.get('page', '/page', (ctx) => {
      ctx.set('Content-Security-Policy', "default-src 'self'");
      ctx.body = 'page';
    });
    const { url } = await runApp(context, { routers: [router] });
    const health = (await fetch(`${url}/healthz`)).headers;
    assert.match(health.get('content-security-policy') ?? '', /default-src 'none'/);
    assert.equal(health.get('x-content-type-options'), 'nosniff');
    assert.equal(health.get('cache-control'), 'no-store');
    assert.equal((await fetch(`${url}/page`)).headers.get('content-security-policy'), "default-src 'self'");
  });

  test('one access log line with the route and without the query string', async (context) => {
    const { url, logger } = await runApp(context, { routers: [failing(new WrongRequest('nope', 'no'))] });
    await (await fetch(`${url}/fails/7?code=secret-code&state=secret-state`)).text();
    const requests = () => logger.lines.filter((line) => line.event === 'request');
    await eventually('the line', () => requests().length > 0);
    const lines = requests();
    assert.equal(lines.length, 1);
    const { ms: _, requestId, ...rest } = lines[0]?.fields ?? {};
    assert.deepEqual(rest, {
      method: 'GET',
      path: '/fails/7',
      route: 'fails',
      status: 400,
      from: '127.0.0.1',
      code: 'nope',
    });
    assert.match(String(requestId), /^[0-9a-f]{16}$/);
    assert.ok(!JSON.stringify(logger.lines).includes('secret'));
  });

  test('the address behind our proxies is believed only as far as they reach', async (context) => {
    const seen = async (proxyHops: number): Promise<unknown> => {
      const { url, logger } = await runApp(context, { proxyHops });
      await (await fetch(`${url}/healthz`, { headers: { 'x-forwarded-for': '6.6.6.6, 1.2.3.4' } })).text();
      return eventually('the line', () => logger.lines.find((line) => line.event === 'request')?.fields['from']);
    };
    assert.equal(await seen(0), '127.0.0.1');
    assert.equal(await seen(1), '1.2.3.4');
    assert.equal(await seen(2), '6.6.6.6');
  });
});

describe('health', () => {
  test('healthz answers whatever happens to the rest', async (context) => {
    const { url } = await runApp(context, { readiness: () => Promise.reject(new Error('everything is down')) });
    assert.equal((await fetch(`${url}/healthz`)).status, 200);
    assert.equal((await fetch(`${url}/readyz`)).status, 503);
  });

  test('a lost Redis is degraded and stays in service, a lost database is not ready', async (context) => {
    let parts: Record<string, 'ok' | 'degraded' | 'down'> = { database: 'ok', redis: 'degraded' };
    const { url } = await runApp(context, { readiness: async () => ({ ready: parts['database'] === 'ok', parts }) });
    const degraded = await fetch(`${url}/readyz`);
    assert.deepEqual([degraded.status, await degraded.json()], [200, { status: 'degraded', parts }]);
    parts = { database: 'down', redis: 'ok' };
    const down = await fetch(`${url}/readyz`);
    assert.deepEqual([down.status, await down.json()], [503, { status: 'not-ready', parts }]);
  });

  test('a readiness check that never ends counts as not ready after 2 s', async (context) => {
    const { url } = await runApp(context, { readiness: () => new Promise(() => {}) });
    assert.equal((await fetch(`${url}/readyz`)).status, 503);
  });

  test('metrics need their token, and without one set there is no such page', async (context) => {
    const open = await runApp(context);
    assert.equal((await fetch(`${open.url}/metrics`)).status, 404);
    const { url } = await runApp(context, { metricsToken: 'token-of-metrics', routers: [failing(new Error('bug'))] });
    const get = (authorization?: string) =>
      fetch(`${url}/metrics`, authorization === undefined ? {} : { headers: { authorization } });
    assert.equal((await get()).status, 401);
    assert.equal((await get('Bearer wrong')).status, 401);
    assert.equal((await get('token-of-metrics')).status, 401);
    for (const id of ['1', '2', '3']) await (await fetch(`${url}/fails/${id}`)).text();
    await (await fetch(`${url}/nowhere/at/all`)).text();
    const text = await (await get('Bearer token-of-metrics')).text();
    assert.match(text, /hongbao_http_requests_total\{route="fails",method="GET",status="500"\} 3/);
    assert.match(text, /hongbao_http_requests_total\{route="none",method="GET",status="404"\} 1/);
    assert.ok(!text.includes('nowhere') && !text.includes('/fails/'));
  });
});

describe('stopping', () => {
  function slow(ms: number): { router: Router; begun: Promise<void> } {
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const router = new Router();
    router.get('slow', '/slow', async (ctx) => {
      resolve();
      await sleep(ms);
      ctx.body = 'whole answer';
    });
    return { router, begun };
  }

  test('a running request ends whole, on a connection that then closes, and nobody new gets in', async (context) => {
    const { router, begun } = slow(300);
    const { app, url } = await runApp(context, { routers: [router] });
    const agent = new Agent({ pipelining: 1 });
    context.after(() => agent.destroy());
    const running = request(`${url}/slow`, { dispatcher: agent });
    await begun;
    const startedAt = performance.now();
    const closing = app.close(5000);
    await assert.rejects(fetch(`${url}/healthz`));
    const response = await running;
    assert.equal(await response.body.text(), 'whole answer');
    assert.equal(response.headers['connection'], 'close');
    await closing;
    assert.ok(performance.now() - startedAt < 4500, 'an idle kept-alive connection must not hold the stop');
  });

  test('a request that does not end is cut when the time is up', async (context) => {
    const { router, begun } = slow(3000);
    const { app, url, logger } = await runApp(context, { routers: [router] });
    const running = assert.rejects(fetch(`${url}/slow`));
    await begun;
    const startedAt = performance.now();
    await app.close(100);
    assert.ok(performance.now() - startedAt < 2500);
    await running;
    assert.ok(logger.lines.some((line) => line.event === 'requests-cut-at-stop'));
  });

  test('readyz says draining once the stop has begun', async (context) => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
    const { app, url } = await runApp(context, {
      readiness: async () => {
        begin();
        await answered;
        return { ready: true, parts: {} };
      },
    });
    const asking = fetch(`${url}/readyz`);
    await begun;
    const closing = app.close(2000);
    answer();
    const response = await asking;
    assert.deepEqual([response.status, await response.json()], [503, { status: 'draining', parts: {} }]);
    await closing;
  });

  test('a port that is taken is reported', async (context) => {
    const { port } = await runApp(context);
    const second = await runApp(context);
    await second.app.close(10);
    await assert.rejects(second.app.listen(port, '127.0.0.1'), { code: 'EADDRINUSE' });
  });
});
