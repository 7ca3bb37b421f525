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
