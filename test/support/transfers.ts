import { fen } from '../../src/base/fen.ts';
import { merchantId, openid } from '../../src/base/ids.ts';
import type { OrderNumber } from '../../src/base/ids.ts';
import type { Merchant } from '../../src/flows/ports/accounts.ts';
import type { NoticeKeys } from '../../src/flows/ports/payments.ts';
import type { TransferRequest } from '../../src/flows/ports/transfers.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';

/** A transfer of one yuan that WeChat Pay would take, changed by what is given. */
export function transfer(changes: Partial<TransferRequest> = {}): TransferRequest {
  return {
    rail: 'transfer',
    orderNumber: 'test0000000000000000000001' as OrderNumber,
    appId: 'wx0000000000000001',
    mchId: '1900000109',
    openid: openid('oTest0000000000000000000001'),
    amountFen: fen(100),
    activityName: '新年活动',
    reward: '恭喜发财',
    remark: '抽奖奖励',
    look: 'CONFIRM_PAGE',
    notifyUrl: null,
    userName: null,
    ...changes,
  };
}

/** The simulator's merchant as our accounts know it. */
export function simulatedMerchant({ merchant }: Simulator): Merchant {
  return {
    id: merchantId('main'),
    mchId: merchant.mchId,
    apiKey: merchant.apiKey,
    certificatePem: merchant.certPem,
    privateKeyPem: merchant.keyPem,
    sendName: '红包商户',
    clientIp: '127.0.0.1',
    state: 'open',
    stoppedReason: null,
    subMchId: null,
    msgAppId: null,
    consumeMchId: null,
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

/** The keys of WeChat Pay that an operator would have copied from the simulator. */
export function simulatedKeys({ shopNotices }: Simulator): NoticeKeys {
  const { id, pem } = shopNotices.publicKey;
  return { apiV3Key: shopNotices.apiV3Key, verifiers: { [id]: pem }, forwardKey: null };
}
