import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';

const NAME = 'MP_verify_aB3dEfGhIjKlMn0p.txt';
const FILES = '/verification-files';

let server: TestConsole;
let operator: Caller;
let viewer: Caller;

before(async () => {
  server = await startConsole();
  operator = await new Caller(server).logIn('operator');
  viewer = await new Caller(server).logIn('viewer');
});

after(() => server.close());

const put = (name: string, content: unknown) => operator.send('PUT', `${FILES}/${name}`, { content });
const read = async (path: string, method = 'GET') => {
  const answer = await fetch(`${server.url}${path}`, { method });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

test('a file is served at the root, byte for byte, as plain text', async () => {
  const { status, body } = await put(NAME, 'aB3dEfGhIjKlMn0p');
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.file.url, `${server.url}/${NAME}`);
  const served = await read(`/${NAME}`);
  assert.deepEqual([served.status, served.text], [200, 'aB3dEfGhIjKlMn0p']);
  assert.match(served.headers.get('content-type') ?? '', /^text\/plain/);
  assert.equal(served.headers.get('content-length'), '16');
  assert.match(served.headers.get('cache-control') ?? '', /max-age=60$/);
  const head = await read(`/${NAME}`, 'HEAD');
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, '16']);
  assert.equal((await put(NAME, 'other')).status, 200);
  assert.equal((await read(`/${NAME}`)).text, 'other');
});

test('any other address is not found', async () => {
  const near = ['MP_verify_aB3dEfGhIjKlMn0q.txt', 'MP_verify_a.txt', 'MP_verify_.txt', `x${NAME}`, `${NAME}x`];
  for (const name of [...near, `${NAME}/`, NAME.toLowerCase(), 'MP_verify_aB3dEfGhIjKlMn0p%00.txt']) {
    assert.equal((await read(`/${name}`)).status, 404, name);
  }
  assert.equal((await read(`/${NAME}`, 'POST')).status, 405);
});

test('only the names and contents that WeChat gives out are taken', async () => {
  for (const name of ['MP_verify_short.txt', 'index.html', 'MP_verify_aB3dEfGhIjKlMn0p.html', '..%2fx.txt', '%00']) {
    const { status, body } = await put(name, 'abc');
    assert.deepEqual([status, body.code], [400, 'file-name-wrong'], name);
    assert.equal((await operator.get(`${FILES}/${name}`)).body.code, 'file-not-found', name);
  }
  for (const content of ['', 'a\n', '<script>', 'x'.repeat(65), 7]) {
    const { status, body } = await put(NAME, content);
    assert.deepEqual([status, body.faults[0]?.path], [400, 'content'], String(content));
  }
});

test('a file is listed and removed, by those who may edit', async () => {
  await put(NAME, 'abc');
  const { files } = (await viewer.get(FILES)).body;
  assert.deepEqual([files.length, files[0].name, files[0].content], [1, NAME, 'abc']);
  assert.equal((await operator.get(`${FILES}/${NAME}`)).body.file.content, 'abc');
  assert.equal((await viewer.send('DELETE', `${FILES}/${NAME}`)).body.code, 'not-permitted');
  assert.deepEqual((await operator.send('DELETE', `${FILES}/${NAME}`)).body, { files: [] });
  assert.equal((await operator.send('DELETE', `${FILES}/${NAME}`)).body.code, 'file-not-found');
  assert.equal((await read(`/${NAME}`)).status, 404);
  assert.deepEqual(
    server.log.lines
      .map(({ event }) => event)
      .filter((event) => event.startsWith('verification-'))
      .at(-1),
    'verification-file-removed',
  );
});

test('there are at most 50 of them', async () => {
  const names = Array.from({ length: 50 }, (_, index) => `MP_verify_${String(index).padStart(16, '0')}.txt`);
  for (const name of names) assert.equal((await put(name, 'abc')).status, 200);
  assert.deepEqual([(await put(NAME, 'abc')).status, (await put(names[0] ?? '', 'abd')).status], [409, 200]);
});
