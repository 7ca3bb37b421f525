import type { PayoutStore } from '../../src/flows/ports/payouts.ts';
import type { Witness } from './witness.ts';

/** The store with a witness beside it, who sees what was committed at the moment it was, whoever asked for it. */
export function watchedStore(store: PayoutStore, witness: Witness): PayoutStore {
  return {
    async claim(input) {
      const claim = await store.claim(input);
      witness.claimed(input, claim);
      return claim;
    },
    takeTurn: (input) => store.takeTurn(input),
    async beginAttempt(input) {
      const number = await store.beginAttempt(input);
      witness.begun(input, number);
      return number;
    },
    async recordAnswer(input) {
      const recorded = await store.recordAnswer(input);
      witness.recorded(input, recorded);
      return recorded;
    },
    async release(payout, notBeforeMs, call) {
      await store.release(payout, notBeforeMs, call);
      witness.released(payout);
    },
    async stopMerchant(merchant, reason, nowMs) {
      await store.stopMerchant(merchant, reason, nowMs);
      witness.stopped(merchant);
    },
    async resumeMerchant(merchant, nowMs) {
      const resumed = await store.resumeMerchant(merchant, nowMs);
      witness.resumed(merchant);
      return resumed;
    },
    async stopSending(reason, nowMs) {
      await store.stopSending(reason, nowMs);
      witness.stopped(EVERYBODY);
    },
    async resumeSending(nowMs) {
      const resumed = await store.resumeSending(nowMs);
      witness.resumed(EVERYBODY);
      return resumed;
    },
    retryParked: (payout, nowMs) => store.retryParked(payout, nowMs),
    askNow: (transfer, nowMs) => store.askNow(transfer, nowMs),
    cancelTransfer: (payout, nowMs) => store.cancelTransfer(payout, nowMs),
    askAllFirst: (nowMs) => store.askAllFirst(nowMs),
    askTooOld: (nowMs) => store.askTooOld(nowMs),
    unasked: () => store.unasked(),
  };
}

/** The name under which a witness knows the general stop. */
export const EVERYBODY = 'everybody';
