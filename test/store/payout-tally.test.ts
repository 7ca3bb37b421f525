import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { fen } from '../../src/base/fen.ts';
import type { QueryOutcome, RailStatus, SendOutcome } from '../../src/flows/ports/payouts.ts';
import { buildActivity, buildWin, NOON_MS } from '../support/builders.ts';
import type { BuiltWin } from '../support/builders.ts';
import { begin, claimOne, openPayoutWorld } from '../support/payout-world.ts';
import type { PayoutWorld } from '../support/payout-world.ts';

let world: PayoutWorld;
let win: BuiltWin;

beforeEach(async () => {
  world = await openPayoutWorld();
  win = await buildWin(world.client, await buildActivity(world.client));
});
afterEach(() => world.close());

const paid: SendOutcome = { kind: 'paid', railNumber: '1000041701' };
const found = (status: RailStatus): QueryOutcome => ({
  kind: 'found',
  status,
  reason: '',
  returnedFen: fen(status === 'REFUND' ? 100 : 0),
  openedAtMs: null,
});

async function answer(kind: 'send' | 'query', outcome: SendOutcome | QueryOutcome, atMs: number): Promise<void> {
  await world.client.query(`update payout set due_at = $1, next_call = $2, lease_token = null, lease_until = null`, [
    new Date(atMs),
    kind,
  ]);
  const claimed = await claimOne(world.store, atMs);
  const number = await begin(world.store, claimed, kind, atMs);
  assert.ok(number !== null);
  const { accountId, orderNumber } = win;
  const payout = { accountId, orderNumber, leaseToken: claimed.leaseToken };
  await world.store.recordAnswer({ payout, number, outcome, raw: '<xml/>', nowMs: atMs });
}

const sums = async () => {
  const counted = await world.client.query(
    `select sum(sent)::int as sent, sum(opened)::int as opened, sum(returned)::int as returned, sum(sent_fen)::int as fen from payout_tally`,
  );
  const flow = await world.client.query(
    `select sum(sent_fen)::int as sent, sum(returned_fen)::int as returned from merchant_flow`,
  );
  return [counted.rows[0], flow.rows[0]];
};

test('a packet is counted once as sent, and again when it was opened', async () => {
  await answer('send', paid, NOON_MS);
  await answer('query', found('SENT'), NOON_MS + 60_000);
  assert.deepEqual(await sums(), [
    { sent: 1, opened: 0, returned: 0, fen: 100 },
    { sent: 100, returned: 0 },
  ]);
  await answer('query', found('RECEIVED'), NOON_MS + 120_000);
  assert.deepEqual((await sums())[0], { sent: 1, opened: 1, returned: 0, fen: 100 });
});

test('money that comes back is counted on both sides', async () => {
  await answer('send', paid, NOON_MS);
  await answer('query', found('REFUND'), NOON_MS + 90_000_000);
  assert.deepEqual(await sums(), [
    { sent: 1, opened: 0, returned: 1, fen: 100 },
    { sent: 100, returned: 100 },
  ]);
});

test('an unclear answer counts as nothing', async () => {
  await answer('send', { kind: 'unknown', code: 'deadline', message: '' }, NOON_MS);
  assert.deepEqual(await sums(), [
    { sent: null, opened: null, returned: null, fen: null },
    { sent: null, returned: null },
  ]);
});
