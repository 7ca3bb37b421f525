import { describe } from 'node:test';
import { claimContract } from './payout-claims.ts';
import type { PayoutContractWorld } from './payout-contract-world.ts';
import { evidenceContract } from './payout-evidence.ts';
import { payeeContract } from './payout-payees.ts';
import { paceContract } from './payout-pace.ts';
import { stopContract } from './payout-stops.ts';
import { transferContract } from './payout-transfers.ts';

/** What every payout store must do. `open` makes an empty world; the contract closes it. */
export function payoutStoreContract(title: string, open: () => Promise<PayoutContractWorld>): void {
  describe(`${title} as payout store`, () => {
    describe('claims', () => claimContract(open));
    describe('pace and daily limits', () => paceContract(open));
    describe('payees', () => payeeContract(open));
    describe('evidence', () => evidenceContract(open));
    describe('transfers', () => transferContract(open));
    describe('stops and orders', () => stopContract(open));
  });
}
