import type { PayRail } from '../flows/ports/payouts.ts';

/** Sends each request by the rail it was frozen for, and asks the same rail about it. */
export function payRails(rails: {
  readonly redPackets: PayRail;
  readonly transfers: Required<PayRail>;
}): Required<PayRail> {
  const { redPackets, transfers } = rails;
  const of = ({ rail }: { readonly rail?: 'red-packet' | 'transfer' }): PayRail =>
    rail === 'transfer' ? transfers : redPackets;
  return {
    send: (merchant, request, signal) => of(request).send(merchant, request, signal),
    query: (merchant, payout, signal) => of(payout).query(merchant, payout, signal),
    cancel: async (merchant, payout, signal) =>
      payout.rail === 'transfer'
        ? transfers.cancel(merchant, payout, signal)
        : { said: 'a red packet cannot be taken back' },
  };
}
