import assert from 'node:assert/strict';
import { fen } from '../../src/base/fen.ts';
import { openid } from '../../src/base/ids.ts';
import type { OrderNumber } from '../../src/base/ids.ts';
import type { PayoutRequest, RedPacketRequest } from '../../src/flows/ports/payouts.ts';

/** The request of a payout that goes as a red packet. */
export function asRedPacket(request: PayoutRequest): RedPacketRequest {
  assert.ok(request.rail === undefined || request.rail === 'red-packet', `a ${request.rail} is no plain red packet`);
  return request;
}

/** A red packet of one yuan that WeChat Pay would take, changed by what is given. */
export function redPacket(changes: Partial<RedPacketRequest> = {}): RedPacketRequest {
  return {
    orderNumber: 'test0000000000000000000001' as OrderNumber,
    appId: 'wx0000000000000001',
    mchId: '1900000109',
    openid: openid('oTest0000000000000000000001'),
    amountFen: fen(100),
    sendName: '红包商户',
    activityName: '新年活动',
    wishing: '恭喜发财',
    remark: '抽奖红包',
    clientIp: '127.0.0.1',
    sceneId: null,
    subMchId: null,
    msgAppId: null,
    consumeMchId: null,
    riskInfo: null,
    ...changes,
  };
}
