import { createHash } from 'node:crypto';
import { fen } from '../../src/base/fen.ts';
import type { AccountId, ActivityId, AwardId, MerchantId, Openid } from '../../src/base/ids.ts';
import { orderNumber } from '../../src/base/order-number.ts';
import { createPayoutRules } from '../../src/flows/payout-rules.ts';
import type { PayoutKey } from '../../src/flows/ports/payouts.ts';
import { NOON } from '../support/contracts/payout-contract-world.ts';
import type { PayoutContractWorld, WinGiven } from '../support/contracts/payout-contract-world.ts';
import { payoutStoreContract } from '../support/contracts/payout-store.ts';
import { MemoryPayoutStore } from './memory-payout-store.ts';
import { plainActivity, plainMerchant } from './plain-rows.ts';
import { payoutId } from './payout-tables.ts';

payoutStoreContract('the memory', async () => {
  const store = new MemoryPayoutStore(createPayoutRules());
  store.addMerchant(plainMerchant('main'));
  for (const reopens of [false, true])
    store.addActivity({ ...plainActivity(idOf(`${reopens}`)), returnsToBudget: reopens });
  store.addActivity({ ...plainActivity(idOf('chat')), accountId: CHAT, appId: 'wx0000000000000003' });
  return worldOf(store);
});

const CHAT = 'chat' as AccountId;
/** The account that pays for the other. */
const MAIN = { accountId: 'main' as AccountId, appId: 'wx0000000000000001' };

function worldOf(store: MemoryPayoutStore): PayoutContractWorld {
  let wins = 0;
  const row = (key: PayoutKey) => {
    const found = store.tables.payouts.get(payoutId(key));
    if (found === undefined) throw new Error(`no payout ${key.orderNumber}`);
    return found;
  };
  return {
    store,
    async merchant(id, limits = {}) {
      const before = store.tables.merchants.get(id as MerchantId) ?? plainMerchant(id);
      store.addMerchant({ ...before, limits: { ...before.limits, ...limits } });
      return before.id;
    },
    async rename(merchant, sendName) {
      const before = store.tables.merchants.get(merchant) ?? plainMerchant(merchant);
      store.addMerchant({ ...before, sendName });
    },
    async win(given = {}) {
      wins += 1;
      return win(store, given, wins);
    },
    async see(key) {
      const { state, awardId, dueAtMs, reason, leaseToken } = row(key);
      const award = store.tables.awards.get(awardId)?.state ?? 'none';
      return { state, award, dueAtMs, reason, leased: leaseToken !== null };
    },
    entries: async (key) =>
      store.tables.entries.filter((entry) => entry.awardId === row(key).awardId).map((entry) => entry.kind),
    alarms: async () =>
      store.tables.alarms
        .filter((alarm) => alarm.clearedAtMs === null)
        .map(({ kind, subject }) => `${kind} ${subject}`),
    close: async () => undefined,
  };
}

function win(store: MemoryPayoutStore, given: WinGiven, count: number): PayoutKey {
  const through = given.throughMain === true;
  const award = {
    accountId: through ? CHAT : MAIN.accountId,
    id: idOf(`award ${count}`) as string as AwardId,
    activityId: idOf(through ? 'chat' : `${given.returnsToBudget ?? false}`),
    openid: (through ? `oChat${count}` : (given.openid ?? `oPerson${count}`)) as Openid,
    amountFen: fen(given.amountFen ?? 100),
  };
  const number = orderNumber(award.id, 'test');
  const payout = {
    orderNumber: number,
    merchantId: given.merchantId ?? ('main' as MerchantId),
    class: given.class ?? 'live',
    rail: given.rail ?? null,
    ...(through ? { payee: MAIN, openid: (given.openid ?? '') as Openid } : {}),
  };
  store.addWin(award, payout, given.dueAtMs ?? NOON);
  return { accountId: award.accountId, orderNumber: number };
}

function idOf(text: string): ActivityId {
  return createHash('md5').update(text).digest('hex') as ActivityId;
}
