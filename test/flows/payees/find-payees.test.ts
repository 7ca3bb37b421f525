import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutsideTrouble } from '../../../src/base/errors.ts';
import type { AccountId, Openid } from '../../../src/base/ids.ts';
import { createFindPayees } from '../../../src/flows/payees/find-payees.ts';
import type { Account } from '../../../src/flows/ports/accounts.ts';
import type { PayeeLinks, UnlinkedPerson } from '../../../src/flows/ports/payee-links.ts';
import { NOON_MS } from '../../support/builders.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const HOUR_MS = 3_600_000;
const CHAT = 'chat' as AccountId;
const person = (name: string): UnlinkedPerson => ({
  account: CHAT,
  openid: name as Openid,
  payeeAccount: 'main' as AccountId,
});

/** A round over these people; WeChat knows union ids of those whose name begins with `known`. */
function rounds(unknown: readonly UnlinkedPerson[], trouble = false) {
  const clock = { atMs: NOON_MS };
  const calls: number[] = [];
  const seen: string[] = [];
  const linked: string[] = [];
  const log = quietLogger();
  const links: Pick<PayeeLinks, 'sweep' | 'linkByUnionId'> = {
    sweep: async () => ({ linked: 0, unknown, next: null }),
    linkByUnionId: async ({ openid }) => {
      linked.push(openid);
      return openid;
    },
  };
  const findPayees = createFindPayees({
    links,
    accounts: { account: async (id) => ({ id }) as Account },
    records: {
      async records(_account, people) {
        calls.push(people.length);
        if (trouble) throw new OutsideTrouble('api-unauthorized', '48001');
        return people.map((openid) => ({
          openid,
          subscribed: false,
          unionId: openid.startsWith('known') ? `u-${openid}` : null,
        }));
      },
    },
    followers: {
      unionIdSeen: async ({ openid }) => {
        seen.push(openid);
      },
    },
    clock: { nowMs: () => clock.atMs },
    logger: log,
  });
  return { findPayees, clock, calls, seen, linked, log };
}

test('people whose union id WeChat tells are remembered and linked', async () => {
  const round = rounds([person('known1'), person('other'), person('known2')]);
  assert.equal(await round.findPayees.round(null), null);
  assert.deepEqual(
    [round.seen, round.linked],
    [
      ['known1', 'known2'],
      ['known1', 'known2'],
    ],
  );
});

test('nobody is asked about twice a day, and a call has at most a hundred people', async () => {
  const round = rounds(Array.from({ length: 150 }, (_, index) => person(`other${index}`)));
  for (let count = 0; count < 5; count += 1) await round.findPayees.round(null);
  assert.deepEqual(round.calls, [100, 50]);
  round.clock.atMs += 25 * HOUR_MS;
  await round.findPayees.round(null);
  assert.deepEqual(round.calls, [100, 50, 100]);
});

test('an account that may not ask is left alone for an hour', async () => {
  const round = rounds([person('known')], true);
  for (let count = 0; count < 3; count += 1) await round.findPayees.round(null);
  assert.deepEqual(round.calls, [1]);
  assert.equal(round.log.lines.filter(({ event }) => event === 'union-ids-not-told').length, 1);
  round.clock.atMs += HOUR_MS;
  await round.findPayees.round(null);
  assert.deepEqual(round.calls, [1, 1]);
});
