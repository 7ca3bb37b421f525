import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MessageDoor } from '../../src/flows/ports/messages.ts';
import { messageDoor } from '../../src/wechat/messages/message-door.ts';
import { fuzzCallback } from '../fuzz/callback.ts';

test('5,000 damaged requests: no crash, no 5xx, nothing dear, nothing unsigned accepted', async () => {
  const { requests, accepted, refused } = await fuzzCallback({ requests: 5000, seed: 20_261_121 });
  assert.equal(requests, 5000);
  assert.ok(accepted > 500 && refused > 500, `${accepted} accepted, ${refused} refused: the requests test too little`);
});

test('a door that believes the query about the mode is found out', async () => {
  const careless: MessageDoor = {
    ...messageDoor,
    open: (input) => messageDoor.open({ ...input, account: { ...input.account, messageMode: 'plain' } }),
  };
  await assert.rejects(fuzzCallback({ requests: 5000, seed: 1, door: careless }), /accepted without a signature: safe/);
});
