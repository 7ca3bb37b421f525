import { unboundReason } from '../base/bound-apps.ts';
import type { Merchant } from '../flows/ports/accounts.ts';
import type { PayoutRequest, PayRail, RequestRail } from '../flows/ports/payouts.ts';

const NOTHING_KNOWN = { accounts: [], miniPrograms: [] } as const;

/**
 * Sends each request by the rail it was frozen for, and asks the same rail about it. What is to be paid under an app id
 * that its merchant is not bound to is refused here, with words that WeChat Pay's own answer lacks.
 */
export function payRails(rails: {
  readonly redPackets: PayRail;
  readonly transfers: Required<PayRail>;
}): Required<PayRail> {
  const { redPackets, transfers } = rails;
  const of = ({ rail }: { readonly rail?: RequestRail }): PayRail => (rail === 'transfer' ? transfers : redPackets);
  return {
    send: async (merchant, request, signal) => {
      const as = request.rail === 'mini-packet' ? 'mini-program' : 'account';
      const { appId, mchId } = request;
      // A transfer may be collected, and a coupon be kept, under any app id, a mini program's included.
      const fault =
        request.rail === 'transfer' || isForMiniProgram(request, merchant)
          ? null
          : unboundReason({ appId, mchId, as }, merchant.boundApps ?? NOTHING_KNOWN);
      if (fault === null) return of(request).send(merchant, request, signal);
      return { kind: 'refused', code: 'REQUEST_INVALID', message: fault, raw: '' };
    },
    query: (merchant, payout, signal) => of(payout).query(merchant, payout, signal),
    cancel: async (merchant, payout, signal) =>
      payout.rail === 'transfer'
        ? transfers.cancel(merchant, payout, signal)
        : { said: 'a red packet cannot be taken back' },
  };
}

function isForMiniProgram({ rail, appId }: PayoutRequest, { boundApps }: Merchant): boolean {
  return rail === 'coupon' && boundApps?.miniPrograms.includes(appId) === true;
}
