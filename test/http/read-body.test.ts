import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { Router } from 'koa-router';
import { readBody, readJson } from '../../src/http/read-body.ts';
import { rawRequest, runApp } from './running-app.ts';

function echoes(): Router {
  const router = new Router();
  router.post('bytes', '/bytes', async (ctx) => {
    ctx.body = { bytes: (await readBody(ctx, { bytesMax: 65_536, deadlineMs: 400 })).length };
  });
  router.post('json', '/json', async (ctx) => {
    ctx.body = { got: await readJson(ctx, { bytesMax: 1000 }) };
  });
  return router;
}

const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code?: string }).code];

test('a body up to the limit is read, one byte more is refused', async (context) => {
  const { url } = await runApp(context, { routers: [echoes()] });
  const post = (bytes: number) => fetch(`${url}/bytes`, { method: 'POST', body: Buffer.alloc(bytes, 97) });
  assert.deepEqual(await (await post(65_536)).json(), { bytes: 65_536 });
  assert.deepEqual(await codeOf(await post(65_537)), [413, 'body-too-large']);
  assert.deepEqual(await codeOf(await post(900_000)), [413, 'body-too-large']);
  assert.deepEqual(await (await post(0)).json(), { bytes: 0 });
});

test('a chunked body is counted as it comes', async (context) => {
  const { url } = await runApp(context, { routers: [echoes()] });
  const chunked = (chunks: number): RequestInit => ({
    method: 'POST',
    duplex: 'half',
    body: new ReadableStream({
      start(controller) {
        for (let index = 0; index < chunks; index += 1) controller.enqueue(Buffer.alloc(4096, 97));
        controller.close();
      },
    }),
  });
  assert.deepEqual(await (await fetch(`${url}/bytes`, chunked(16))).json(), { bytes: 65_536 });
  assert.deepEqual(await codeOf(await fetch(`${url}/bytes`, chunked(17))), [413, 'body-too-large']);
});

test('an announced length beyond the limit is refused soon, whether its bytes come or not', async (context) => {
  const { port } = await runApp(context, { routers: [echoes()] });
  const answer = await rawRequest(port, ['POST /bytes HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n']);
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.match(answer, /connection: close/i);
  const { url } = await runApp(context, { routers: [echoes()] });
  const huge = await fetch(`${url}/bytes`, { method: 'POST', body: Buffer.alloc(3_000_000, 97) });
  assert.deepEqual(await codeOf(huge), [413, 'body-too-large']);
});

test('a body that drips is cut off at the deadline, however steadily it comes', async (context) => {
  const { port } = await runApp(context, { routers: [echoes()] });
  const startedAt = performance.now();
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.write('POST /bytes HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n');
    const drip = setInterval(() => socket.write('a'), 50);
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('error', reject);
    socket.on('close', () => {
      clearInterval(drip);
      resolve(received);
    });
  });
  assert.match(answer, /^HTTP\/1\.1 408 /);
  assert.ok(performance.now() - startedAt < 10_000);
});

test('a body shorter than announced never counts as whole, one longer is not read as a second request', async (context) => {
  const { port, logger } = await runApp(context, { routers: [echoes()] });
  const short = await rawRequest(port, ['POST /bytes HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc']);
  assert.match(short, /^HTTP\/1\.1 408 /);
  const long = await rawRequest(port, ['POST /bytes HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcdefgh'], {
    waitMs: 1000,
  });
  // Node's parser meets the surplus as a second request line and gives the connection up.
  assert.match(long, /HTTP\/1\.1 400 Bad Request/);
  assert.ok(!/bytes":[^3]/.test(long));
  assert.ok(!logger.lines.some((line) => line.level === 'error'));
});

test('a sender that leaves in the middle is no error of ours', async (context) => {
  const { port, logger } = await runApp(context, { routers: [echoes()] });
  await rawRequest(port, ['POST /bytes HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc'], { waitMs: 50 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(
    logger.lines.filter((line) => line.level === 'error' || line.level === 'warn'),
    [],
  );
});

test('a compressed body is refused', async (context) => {
  const { url } = await runApp(context, { routers: [echoes()] });
  const response = await fetch(`${url}/bytes`, { method: 'POST', headers: { 'content-encoding': 'gzip' }, body: 'x' });
  assert.deepEqual(await codeOf(response), [415, 'body-encoded']);
});

test('JSON is read as it is', async (context) => {
  const { url } = await runApp(context, { routers: [echoes()] });
  const post = (body: string | Buffer, type = 'application/json') =>
    fetch(`${url}/json`, { method: 'POST', headers: { 'content-type': type }, body });
  assert.deepEqual(await (await post('{"红包":[1,"}]"]}', 'application/json; charset=utf-8')).json(), {
    got: { 红包: [1, '}]'] },
  });
  assert.deepEqual(await codeOf(await post('{}', 'text/plain')), [415, 'body-not-json']);
  for (const wrong of ['', '{', 'nul', '{"a":1}x', Buffer.from([0x22, 0xff, 0x22])]) {
    assert.deepEqual(await codeOf(await post(wrong)), [400, 'json-malformed']);
  }
  assert.deepEqual(await codeOf(await post('[' + '['.repeat(64) + ']'.repeat(65))), [400, 'json-malformed']);
  assert.equal((await post('['.repeat(64) + ']'.repeat(64))).status, 200);
  assert.deepEqual(await codeOf(await post(`"${'x'.repeat(1000)}"`)), [413, 'body-too-large']);
});
