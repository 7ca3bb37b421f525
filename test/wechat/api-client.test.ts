import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutsideTrouble } from '../../src/base/errors.ts';
import { ApiClient } from '../../src/wechat/api-client.ts';
import { scriptedWechat } from './scripted-wechat.ts';

type Hook = Parameters<typeof scriptedWechat>[0];

async function client(context: Hook, script: Parameters<typeof scriptedWechat>[1], deadlineMs = 2000) {
  const wechat = await scriptedWechat(context, script);
  const api = new ApiClient({ apiUrl: `${wechat.url}/`, deadlineMs });
  context.after(() => api.stop());
  return { wechat, api };
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

test('a refusal keeps its number and rid, in both spellings', async (context) => {
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
  assert.deepEqual(rids, ['6aac0063-7ed08fb9-1250f724', '6aac0063-7ed08fb9-1250f725', null]);
});

test('a query goes out in its order and a body as plain UTF-8 JSON', async (context) => {
  const { api, wechat } = await client(context, () => ({}));
  await api.call({ method: 'POST', path: '/p', query: { b: '1', a: '红 &=' }, json: { text: '红包🧧' } });
  assert.equal(wechat.seen[0]?.rawQuery, '?b=1&a=%E7%BA%A2+%26%3D');
  assert.equal(wechat.seen[0]?.body, '{"text":"红包🧧"}');
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
  const nobody = new ApiClient({ apiUrl: 'http://127.0.0.1:9' });
  context.after(() => nobody.stop());
  await troubles(nobody.call(call), 'wechat-unreachable');
});
