import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutsideTrouble } from '../../src/base/errors.ts';
import { createApiClient } from '../../src/wechat/api-client.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { scriptedWechat } from './scripted-wechat.ts';

type Hook = Parameters<typeof scriptedWechat>[0];

async function client(context: Hook, script: Parameters<typeof scriptedWechat>[1], deadlineMs = 2000) {
  const wechat = await scriptedWechat(context, script);
  const logger = quietLogger();
  const api = createApiClient({ baseUrl: `${wechat.url}/`, deadlineMs, logger });
  context.after(() => api.close());
  return { wechat, api, logger };
}

const call = { method: 'GET', path: '/cgi-bin/x', query: { access_token: 'secret-token' } } as const;

async function troubles(work: Promise<unknown>, code: string): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof OutsideTrouble, String(error));
    assert.equal(error.code, code);
    assert.ok(!JSON.stringify([error.message, String(error.cause), error.stack]).includes('secret-token'));
    return true;
  });
}

test('an answer without errcode or with 0 is a success, whatever its content type', async (context) => {
  const answers = [{ openid: 'o1' }, { errcode: 0, errmsg: 'ok', ticket: 't' }];
  const { api } = await client(context, () => answers.shift());
  assert.deepEqual(await api.call(call), { kind: 'ok', body: { openid: 'o1' } });
  assert.deepEqual(await api.call(call), { kind: 'ok', body: { errcode: 0, errmsg: 'ok', ticket: 't' } });
});

test('a refusal keeps its number and rid, in every spelling', async (context) => {
  const texts = [
    'invalid appid rid: 6aac0063-7ed08fb9-1250f724',
    'invalid code, rid: 6aac0063-7ed08fb9-1250f725',
    'hints: [ req_id: x ]',
  ];
  const { api } = await client(context, () => ({ errcode: 40013, errmsg: texts.shift() }));
  const rids = [];
  for (let count = 0; count < 3; count += 1) {
    const answer = await api.call(call);
    assert.equal(answer.kind === 'refused' && answer.errcode, 40013);
    rids.push(answer.kind === 'refused' && answer.rid);
  }
  assert.deepEqual(rids, ['6aac0063-7ed08fb9-1250f724', '6aac0063-7ed08fb9-1250f725', 'x']);
});

test('a query goes out in its order and a body as plain UTF-8 JSON', async (context) => {
  const { api, wechat } = await client(context, () => ({}));
  await api.call({
    method: 'POST',
    path: '/p',
    query: { b: '1', a: '红 &=' },
    json: { text: '红包🧧', cut: '\ud83d' },
  });
  assert.equal(wechat.seen[0]?.rawQuery, '?b=1&a=%E7%BA%A2+%26%3D');
  assert.equal(wechat.seen[0]?.body, '{"text":"红包🧧","cut":"\ufffd"}');
});

test('raw control characters inside a nickname do not spoil the answer', async (context) => {
  const { api } = await client(context, () => '{"nickname":"a\u0001b\u0000"}');
  assert.deepEqual(await api.call(call), { kind: 'ok', body: { nickname: 'a b ' } });
});

test('what is no JSON object, a foreign status or too large is trouble outside', async (context) => {
  const bodies = ['', '<html>', '[]', 'null', '"x"', '{"errcode":"40001"}', `{"a":"${'x'.repeat(1_100_000)}"}`];
  const count = bodies.length;
  const { api } = await client(context, (_request, response) => {
    const body = bodies.shift();
    if (body !== undefined) return body;
    response.statusCode = 502;
    return '{}';
  });
  for (let index = 0; index <= count; index += 1) await troubles(api.call(call), 'wechat-garbled');
});

test('the deadline is absolute: silence and a trickle both end at it', async (context) => {
  const { api } = await client(
    context,
    (request, response) => {
      if (request.path === '/silent') return undefined;
      const drip = setInterval(() => response.write(' '), 30);
      response.on('close', () => clearInterval(drip));
      return undefined;
    },
    300,
  );
  for (const path of ['/silent', '/trickle']) {
    const startedAt = performance.now();
    await troubles(api.call({ ...call, path }), 'wechat-too-slow');
    const took = performance.now() - startedAt;
    assert.ok(took >= 290 && took < 1000, `${took} ms`);
  }
});

test('a cut connection and a closed port are trouble outside, tried once', async (context) => {
  const { api, wechat } = await client(context, (_request, response) => void response.socket?.destroy());
  await troubles(api.call(call), 'wechat-unreachable');
  assert.equal(wechat.seen.length, 1);
  const nobody = createApiClient({ baseUrl: 'http://127.0.0.1:9', logger: quietLogger() });
  context.after(() => nobody.close());
  await troubles(nobody.call(call), 'wechat-unreachable');
});

test('no secret reaches a log line or a refusal, even when WeChat repeats it', async (context) => {
  const secrets = { secret: 'app/secret', code: '021code', access_token: '99_token', openid: 'oPerson' };
  const repeated = Object.values(secrets).flatMap((secret) => [secret, encodeURIComponent(secret)]);
  const answers = [
    { errcode: 40013, errmsg: `wrong: ${repeated.join(' ')} rid: 6aac0063-7ed08fb9-1250f724` },
    { openid: secrets.openid, access_token: secrets.access_token },
    `<html>${repeated.join(' ')}`,
  ];
  const { api, logger } = await client(context, () => answers.shift());
  const asked = { method: 'POST', path: '/p', query: secrets, json: { secret: 'other-secret' } } as const;
  const refusal = await api.call(asked);
  assert.deepEqual(refusal, {
    kind: 'refused',
    path: '/p',
    errcode: 40013,
    errmsg: `wrong: ${repeated.map(() => '***').join(' ')} rid: 6aac0063-7ed08fb9-1250f724`,
    rid: '6aac0063-7ed08fb9-1250f724',
  });
  await api.call(asked);
  await assert.rejects(api.call(asked), OutsideTrouble);
  const told = JSON.stringify(logger.lines);
  for (const secret of [...repeated, 'other-secret']) assert.ok(!told.includes(secret), secret);
  assert.deepEqual(
    logger.lines.map(({ level, event }) => `${level} ${event}`),
    ['error wechat-refused', 'debug wechat-answered', 'warn wechat-call-failed'],
  );
});

test('a refusal is as loud in the log as what it asks of people', async (context) => {
  const levels = { 40125: 'error', 40164: 'error', 48001: 'error', 40029: 'info', 40163: 'info', 42001: 'info' };
  const expected = { ...levels, 45009: 'warn', '-1': 'warn', 99999: 'warn' };
  const answers = Object.keys(expected).map((errcode) => ({ errcode: Number(errcode), errmsg: 'x' }));
  const { api, logger } = await client(context, () => answers.shift());
  for (const _ of Object.keys(expected)) await api.call(call);
  const heard = logger.lines.map(({ level, fields }) => [String(fields['errcode']), level]);
  assert.deepEqual(Object.fromEntries(heard), expected);
  assert.ok(logger.lines.every(({ fields }) => fields['path'] === call.path && Number(fields['durationMs']) >= 0));
});

test('calls under way end when the client is closed', async (context) => {
  const { api } = await client(context, () => undefined);
  const ended = troubles(api.call(call), 'wechat-unreachable');
  await api.close();
  await ended;
});
