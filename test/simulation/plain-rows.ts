import type { AccountId, ActivityId, MerchantId } from '../../src/base/ids.ts';
import type { ActivityRow, MerchantRow } from './payout-tables.ts';

/** A merchant with the platform's own limits. */
export function plainMerchant(id: string): MerchantRow {
  return {
    id: id as MerchantId,
    mchId: '1900000109',
    sendName: '红包商户',
    clientIp: '127.0.0.1',
    state: 'open',
    stoppedReason: null,
    limits: {
      amountMinFen: 100,
      amountMaxFen: 20_000,
      scenes: [],
      personDayPackets: 10,
      personDayFen: 100_000,
      dayFen: 100_000_000,
      spacingMs: 34.5,
      callsMax: 16,
    },
  };
}

/** An activity whose returned money stays returned. */
export function plainActivity(id: ActivityId): ActivityRow {
  return {
    accountId: 'main' as AccountId,
    id,
    appId: 'wx0000000000000001',
    activityName: '新年活动',
    wishing: '恭喜发财',
    remark: '抽奖红包',
    sceneId: null,
    returnsToBudget: false,
    reissuesReturned: false,
    budgetFen: 100_000_000,
  };
}
