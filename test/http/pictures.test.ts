import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import type { PicturesAnswer } from '../../src/http/contract/console-pictures.ts';
import { createPool } from '../../src/store/database.ts';
import { createPictures } from '../../src/store/account/pictures.ts';
import { buildAccount } from '../support/builders.ts';
import { Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { publishActivity } from '../support/live-activity.ts';
import { PagePhone } from '../support/page-phone.ts';
import { startPageWorld } from '../support/page-world.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const png = readFileSync(new URL('../../src/web/h5/share.png', import.meta.url));

let server: TestConsole;
let operator: Caller;
let place: string;
before(async () => {
  server = await startConsole();
  operator = await new Caller(server).logIn('operator');
  const { id } = await buildAccount(server.database.client);
  place = `/accounts/${id}/pictures`;
});
after(() => server.close());

async function upload(content: Uint8Array, type = 'image/png', caller = operator, at = place) {
  const answer = await fetch(`${server.url}/api/console${at}`, {
    method: 'POST',
    headers: { cookie: caller.cookie, origin: server.dependencies.publicUrl, 'content-type': type },
    body: Buffer.from(content),
  });
  return { status: answer.status, body: (await answer.json()) as { code: string; picture: { path: string } } };
}
const listed = async (): Promise<PicturesAnswer['pictures']> =>
  ((await operator.get(place)).body as PicturesAnswer).pictures;

test('a picture is kept once under the hash of its content, listed and removed', async () => {
  const { status, body } = await upload(png);
  assert.equal(status, 200, JSON.stringify(body));
  assert.match(body.picture.path, /^\/pictures\/[a-z0-9-]+\/[0-9a-f]{64}\.png$/);
  assert.equal((await upload(png)).body.picture.path, body.picture.path);
  const [only, ...more] = await listed();
  assert.deepEqual([only?.kind, only?.width, only?.height, only?.bytes, more.length], ['png', 300, 300, png.length, 0]);
  assert.equal((await operator.send('DELETE', `${place}/${only?.hash}`)).status, 200);
  assert.deepEqual(await listed(), []);
  assert.equal((await operator.send('DELETE', `${place}/${only?.hash}`)).status, 404);
});

test('only pictures are taken, of a bounded size, for an account there is, by those who may', async () => {
  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
  const huge = Buffer.from(png);
  huge.writeUInt32BE(5000, 16);
  for (const content of [svg, huge, Buffer.alloc(0)]) {
    const { status, body } = await upload(content);
    assert.deepEqual([status, body.code], [422, 'picture-wrong']);
  }
  assert.equal((await upload(Buffer.concat([png, Buffer.alloc(512_000)]))).status, 413);
  assert.equal((await upload(svg, 'image/svg+xml')).status, 415);
  assert.equal((await upload(png, 'image/png', operator, '/accounts/nobody/pictures')).status, 404);
  const viewer = await new Caller(server).logIn('viewer');
  assert.equal((await upload(png, 'image/png', viewer)).status, 403);
  assert.deepEqual(await listed(), []);
});

test('a page shows it from our own origin, and browsers keep it for a year', async (context) => {
  const world = await startPageWorld(context);
  const pool = createPool({ url: world.database.url, connectionsMax: 1, name: 'pictures' }, quietLogger());
  context.after(() => pool.end());
  const { accountId: account, slug } = await publishActivity(world.database.client, {
    trigger: { words: [], page: true },
  });
  const kept = await createPictures(pool).keep(
    { account, kind: 'png', width: 300, height: 300, content: png, createdBy: 'op', createdAtMs: Date.now() },
    5,
  );
  const path = `/pictures/${account}/${kept?.hash}.png`;
  const answer = await fetch(`${world.doors[0]}${path}`);
  assert.deepEqual(
    ['content-type', 'cache-control', 'x-content-type-options'].map((name) => answer.headers.get(name)),
    ['image/png', 'public, max-age=31536000, immutable', 'nosniff'],
  );
  assert.match(answer.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), png);
  for (const other of [path.replace('.png', '.jpg'), path.replace('/main/', '/other/'), '/pictures/main/..%2fx.png']) {
    assert.equal((await fetch(`${world.doors[0]}${other}`)).status, 404, other);
  }
  await world.database.client.query(
    `update rule_version set rule = jsonb_set(rule, '{look}', jsonb_build_object('logo', $1::text))`,
    [path],
  );
  const phone = new PagePhone();
  const page = (await phone.walk(`${world.doors[0]}/a/${slug}`)).at(-1);
  assert.ok(page?.text.includes(`<img class="logo" src="${path}"`), page?.text);
});
