import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPacketAmountFault } from '../../src/base/pay-amount.ts';
import type { AllowedAmounts, PacketAmount } from '../../src/base/pay-amount.ts';

const wide: AllowedAmounts = { amountMinFen: 1, amountMaxFen: 499_900, scenes: ['PRODUCT_2', 'PRODUCT_8'] };
const usual: AllowedAmounts = { amountMinFen: 100, amountMaxFen: 20_000, scenes: [] };
const narrow: AllowedAmounts = { amountMinFen: 30, amountMaxFen: 500, scenes: ['PRODUCT_2'] };

const taken: readonly (readonly [AllowedAmounts, number, string | null])[] = [
  [usual, 100, null],
  [usual, 20_000, null],
  [wide, 1, 'PRODUCT_2'],
  [wide, 499_900, 'PRODUCT_8'],
  [wide, 5000, 'PRODUCT_8'],
  [narrow, 30, 'PRODUCT_2'],
  [narrow, 500, null],
];
for (const [allowed, amountFen, sceneId] of taken) {
  test(`${amountFen} fen with scene ${sceneId} may be sent within ${allowed.amountMinFen}-${allowed.amountMaxFen}`, () =>
    assert.equal(findPacketAmountFault({ amountFen, sceneId }, allowed), null));
}

const refused: readonly (readonly [AllowedAmounts, number, string | null, keyof PacketAmount, RegExp])[] = [
  [wide, 99, null, 'sceneId', /a scene is needed/],
  [wide, 20_001, null, 'sceneId', /a scene is needed/],
  [wide, 0, 'PRODUCT_2', 'amountFen', /from 1 to 499900/],
  [wide, 0, null, 'amountFen', /from 1 to 499900/],
  [wide, -100, null, 'amountFen', /from 1 to 499900/],
  [wide, 499_901, 'PRODUCT_2', 'amountFen', /from 1 to 499900/],
  [wide, 100.5, null, 'amountFen', /whole number/],
  [wide, Number.NaN, null, 'amountFen', /whole number/],
  [wide, 200, 'PRODUCT_9', 'sceneId', /PRODUCT_1 to PRODUCT_8/],
  [wide, 200, '', 'sceneId', /PRODUCT_1 to PRODUCT_8/],
  [wide, 200, 'PRODUCT_1', 'sceneId', /not opened/],
  [usual, 200, 'PRODUCT_2', 'sceneId', /not opened/],
  [narrow, 29, 'PRODUCT_2', 'amountFen', /30 to 500 fen/],
  [narrow, 501, null, 'amountFen', /30 to 500 fen/],
];
for (const [allowed, amountFen, sceneId, field, why] of refused) {
  test(`${amountFen} fen with scene ${sceneId} is refused for its ${field}: ${why.source}`, () => {
    const fault = findPacketAmountFault({ amountFen, sceneId }, allowed);
    assert.equal(fault?.field, field);
    assert.match(fault.message, why);
  });
}
