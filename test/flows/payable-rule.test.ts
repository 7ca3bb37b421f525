import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { MerchantId } from '../../src/base/ids.ts';
import { unpayableParts } from '../../src/flows/payable-rule.ts';
import type { PayingMerchant } from '../../src/flows/ports/operators.ts';
import { worstCaseFen } from '../../src/flows/rule-draft.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { lotteryRule } from '../support/live-activity.ts';

const merchant: PayingMerchant = {
  id: 'm' as MerchantId,
  mchId: '1900000109',
  sendName: '商户',
  payeeAppId: 'wx0000000000000001',
  boundApps: { accounts: [], miniPrograms: [] },
  groupPackets: false,
  rail: 'red-packet',
  limits: { amountMinFen: 100, amountMaxFen: 10_000, scenes: [], personDayFen: 5000, dayFen: 1_000_000 },
};
const lucky = { id: 'lucky', name: '随机红包', kind: 'random-packet', stock: 10, tickets: 1 } as const;

it('a packet of random amount is published only when the merchant can send every amount it can be', () => {
  const paths = (minFen: number, meanFen: number, maxFen: number, limits: object = {}) => {
    const rule = activityRuleSchema.parse(lotteryRule({ prizes: [{ ...lucky, minFen, meanFen, maxFen }] }));
    return unpayableParts(rule, { ...merchant, limits: { ...merchant.limits, ...limits } }).map(({ path }) => path);
  };
  assert.deepEqual(paths(100, 200, 5000), []);
  assert.deepEqual(paths(100, 200, 5001), ['prizes.0.maxFen']);
  assert.deepEqual(paths(100, 200, 300, { amountMinFen: 101 }), ['prizes.0.minFen']);
});

it('packets of random amount cost their mean times the stock, whatever amounts come', () => {
  const rule = activityRuleSchema.parse(
    lotteryRule({ prizes: [{ ...lucky, minFen: 100, meanFen: 200, maxFen: 5000 }] }),
  );
  assert.equal(worstCaseFen(rule), 2000);
});

it('kinds of packets are published only where the merchant has them, under an app id that is bound to it', () => {
  const base = { id: 'p', name: '奖', tickets: 1, stock: 10 };
  const group = { ...base, kind: 'group-packet' as const, amountFen: 1000, shares: 5 };
  const plain = { ...base, kind: 'red-packet', amountFen: 100 } as const;
  const mini = { ...base, kind: 'mini-packet', amountFen: 100 } as const;
  const coupon = { ...base, kind: 'coupon', stockId: '98765432' } as const;
  type Prize = typeof group | typeof plain | typeof mini | typeof coupon;
  const faults = (prize: Prize, changes: Partial<PayingMerchant> = {}) => {
    const rule = activityRuleSchema.parse(lotteryRule({ prizes: [prize] }));
    return unpayableParts(rule, { ...merchant, ...changes }).map(({ path, message }) => `${path} ${message}`);
  };
  const bound = { boundApps: { accounts: ['wx0000000000000001'], miniPrograms: ['wxmini'] } };
  const unbound = { ...bound, payeeAppId: 'wxother' };
  const inMini = { ...bound, payeeAppId: 'wxmini' };
  assert.match(faults(group).join(), /^prizes\.0\.kind .*no new merchant/);
  assert.deepEqual(faults(group, { ...bound, groupPackets: true }), []);
  assert.match(
    faults({ ...group, amountFen: 60_000 }, { groupPackets: true }).join(),
    /prizes\.0\.amountFen of a share/,
  );
  assert.deepEqual(faults(plain, bound), []);
  assert.match(faults(plain, unbound).join(), /wxother is not bound to merchant 1900000109/);
  assert.match(faults(plain, inMini).join(), /wxmini is a mini program/);
  assert.deepEqual(faults(plain, { ...unbound, rail: 'transfer' }), []);
  assert.deepEqual(faults(mini, inMini), []);
  assert.match(faults(mini, bound).join(), /not among the mini programs bound/);
  assert.deepEqual([...faults(coupon, bound), ...faults(coupon, inMini)], []);
  assert.match(faults(coupon, unbound).join(), /wxother is not bound/);
});

it('a transfer of 2000 yuan or more is not published, because its winner’s real name would be wanted', () => {
  const faults = (amountFen: number, rail: PayingMerchant['rail'], packetRail: 'auto' | 'red-packet') => {
    const prize = { id: 'p', name: '奖', tickets: 1, stock: 1, kind: 'red-packet', amountFen } as const;
    const packet = { ...lotteryRule().packet, sceneId: 'PRODUCT_2', rail: packetRail } as const;
    const rule = activityRuleSchema.parse(lotteryRule({ prizes: [prize], packet }));
    const limits = { ...merchant.limits, amountMaxFen: 499_900, scenes: ['PRODUCT_2'], personDayFen: 499_900 } as const;
    return unpayableParts(rule, { ...merchant, limits, rail }).map(({ message }) => message);
  };
  assert.match(faults(200_000, 'transfer', 'auto').join(), /from 2000 yuan on .* real name/);
  assert.deepEqual(faults(199_999, 'transfer', 'auto'), []);
  assert.deepEqual(faults(200_000, 'transfer', 'red-packet'), []);
});
