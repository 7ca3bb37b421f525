import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createMediaLibrary } from '../../../src/wechat/api/media-library.ts';
import { apiWorld, scriptedCalls } from './api-world.ts';

const file = (fileName: string, bytes: Uint8Array = Buffer.from('x'), contentType = 'image/png') => {
  return { fileName, contentType, bytes };
};

test('a picture goes up and comes down byte for byte, for three days', async (context) => {
  const { calls, account, simulator } = await apiWorld(context);
  const media = createMediaLibrary(calls);
  const bytes = randomBytes(2_000_000);
  const { mediaId, expiresAtMs } = await media.upload(account, 'image', file('红包"\r\n.png', bytes));
  assert.ok(Math.abs(expiresAtMs - simulator.clock.nowMs() - 3 * 86_400_000) < 2000);
  const back = await media.download(account, mediaId);
  assert.ok(back?.kind === 'file' && back.contentType === 'image/png');
  const digest = (part: Uint8Array): string => createHash('sha256').update(part).digest('hex');
  assert.equal(digest(back.bytes), digest(bytes));
  assert.equal((await media.download(account, mediaId, { jsSdkVoice: true }))?.kind, 'file');
  simulator.clock.advance(3 * 86_400_000);
  assert.equal(await media.download(account, mediaId), null);
  assert.equal(await media.download(account, 'never-there'), null);
});

test('a video is answered by an address, a thumbnail has an id of its own name', async (context) => {
  const { calls, account } = await apiWorld(context);
  const media = createMediaLibrary(calls);
  const video = await media.upload(account, 'video', file('a.mp4'));
  assert.deepEqual(await media.download(account, video.mediaId), {
    kind: 'video',
    url: 'http://127.0.0.1/video/a.mp4',
  });
  const thumb = await media.upload(account, 'thumb', file('a.jpg'));
  assert.equal((await media.download(account, thumb.mediaId))?.kind, 'file');
  assert.match(await media.uploadArticleImage(account, file('a.jpg')), /^http:\/\/mmbiz\.qpic\.cn\//);
});

test('files of the wrong kind or size are refused before the call', async (context) => {
  const { calls, account, sent } = await scriptedCalls(context, [{}]);
  const media = createMediaLibrary(calls);
  const wrong = { code: 'arguments-wrong' };
  for (const [kind, name, most] of [
    ['image', 'a.png', 10_485_760],
    ['voice', 'a.mp3', 2_097_152],
    ['video', 'a.mp4', 10_485_760],
    ['thumb', 'a.jpg', 65_536],
  ] as const) {
    await assert.rejects(media.upload(account, kind, file(name, Buffer.alloc(most + 1))), wrong);
    await assert.rejects(media.upload(account, kind, file(name, Buffer.alloc(0))), wrong);
    await assert.rejects(media.upload(account, kind, file('a.exe')), wrong);
  }
  await assert.rejects(media.uploadArticleImage(account, file('a.gif')), wrong);
  await assert.rejects(media.addPermanent(account, 'video', file('a.mp4')), wrong);
  await assert.rejects(media.listPermanent(account, 'image', { offset: 0, count: 21 }), wrong);
  assert.equal(sent().length, 0);
});

test('the largest picture there may be goes through', async (context) => {
  const { calls, account } = await apiWorld(context);
  const { mediaId } = await createMediaLibrary(calls).upload(account, 'image', file('a.jpg', Buffer.alloc(10_485_760)));
  assert.match(mediaId, /^\w{64}$/);
});

test('permanent material is kept, counted, listed and removed', async (context) => {
  const { calls, account, simulator } = await apiWorld(context);
  const media = createMediaLibrary(calls);
  const picture = await media.addPermanent(account, 'image', file('a.png'));
  await media.addPermanent(account, 'image', file('b.png'));
  await media.addPermanent(account, 'video', file('a.mp4'), { title: '红包', description: '' });
  simulator.clock.advance(100 * 86_400_000);
  assert.deepEqual(await media.countPermanent(account), { image: 2, voice: 0, video: 1, news: 0 });
  const page = await media.listPermanent(account, 'image', { offset: 1, count: 20 });
  assert.deepEqual([page.total, page.items.map(({ name }) => name)], [2, ['b.png']]);
  await media.removePermanent(account, picture);
  assert.equal((await media.countPermanent(account)).image, 1);
  await assert.rejects(media.removePermanent(account, picture), { code: 'wechat-said-no', message: /40007/ });
});

test('a permanent upload is not repeated while WeChat is busy', async (context) => {
  const { calls, account, sent } = await scriptedCalls(context, [{ errcode: -1, errmsg: 'system error' }]);
  await assert.rejects(createMediaLibrary(calls).addPermanent(account, 'image', file('a.png')), {
    code: 'wechat-busy',
  });
  assert.equal(sent().length, 1);
});
