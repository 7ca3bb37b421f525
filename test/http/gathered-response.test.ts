import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { gatheredResponses } from '../../src/http/gathered-response.ts';

async function serve(context: { after(work: () => void): void }, listener: RequestListener): Promise<string> {
  const server = createServer({ ServerResponse: gatheredResponses() }, listener);
  context.after(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('answers of one turn leave together at its end, in order', async (context) => {
  const held: (() => void)[] = [];
  const order: string[] = [];
  const url = await serve(context, ({ url: path = '' }, response) => {
    held.push(() => {
      response.once('prefinish', () => order.push(path)).end(`to ${path}`);
      assert.equal(response.writableEnded, false, 'not before the turn is over');
    });
    if (held.length < 3) return;
    for (const answer of held) answer();
    assert.deepEqual(order, []);
  });
  const bodies = await Promise.all(['a', 'b', 'c'].map(async (path) => (await fetch(url + path)).text()));
  assert.deepEqual(bodies, ['to /a', 'to /b', 'to /c']);
  assert.equal(order.length, 3);
});

test('an answer that cannot be sent keeps no other from leaving', async (context) => {
  const held: (() => void)[] = [];
  const url = await serve(context, ({ url: path = '' }, response) => {
    held.push(() => void response.end(path === '/wrong' ? (7 as unknown as string) : 'fine'));
    if (held.length === 2) for (const answer of held) answer();
  });
  const wrong = assert.rejects(fetch(`${url}wrong`), /fetch failed/);
  assert.equal(await (await fetch(`${url}right`)).text(), 'fine');
  await wrong;
});

test('a body in parts ends whole', async (context) => {
  const url = await serve(context, (_request, response) => {
    response.write('one ');
    setTimeout(() => {
      response.write('two ');
      response.end('three');
    }, 5);
  });
  assert.equal(await (await fetch(url)).text(), 'one two three');
});
