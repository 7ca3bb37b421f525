import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeReissue } from '../../src/store/reissue-judgement.ts';
import type { UnpaidNumber } from '../../src/store/reissue-judgement.ts';

const dead: UnpaidNumber = {
  amountFen: 100,
  state: 'dead',
  series: 0,
  proof: 'FAILED',
  doubted: false,
  replaced: false,
  erased: false,
  returnedAllowed: false,
  reservedFen: 100,
  returnedFen: 0,
  budgetFen: -100,
};
const returned: UnpaidNumber = {
  ...dead,
  state: 'returned',
  proof: 'REFUND',
  returnedAllowed: true,
  reservedFen: 0,
  returnedFen: 100,
};
const reopened: UnpaidNumber = { ...returned, returnedFen: 0, budgetFen: 0 };

const judged = (number: UnpaidNumber, budgetLeftFen = 0) => {
  const verdict = judgeReissue(number, budgetLeftFen);
  return verdict.kind === 'issue' ? verdict.from : verdict.why;
};

test('a number proved unpaid is issued again, with its money from where the books have it', () => {
  assert.equal(judged(dead), 'reserved');
  assert.equal(judged(returned), 'returned');
  assert.equal(judged(reopened, 100), 'budget');
});

test('everything else is left out, with the reason', () => {
  for (const state of ['waiting', 'unknown', 'sent', 'received', 'parked'])
    assert.equal(judged({ ...dead, state }), `its number is ${state} now`);
  assert.equal(judged({ ...dead, proof: null }), 'its proof should show FAILED and shows nothing');
  assert.equal(judged({ ...dead, proof: 'REFUND' }), 'its proof should show FAILED and shows REFUND');
  assert.equal(judged({ ...returned, proof: 'FAILED' }), 'its proof should show REFUND and shows FAILED');
  assert.match(judged({ ...dead, doubted: true }), /speaks against its proof/);
  assert.equal(judged({ ...dead, replaced: true }), 'its award has another number');
  assert.equal(judged({ ...dead, erased: true }), 'its person was erased');
  assert.equal(judged({ ...dead, series: 60 }), 'reserved');
  assert.equal(judged({ ...dead, series: 61 }), 'its award has used all 62 numbers');
  assert.match(judged({ ...returned, returnedAllowed: false }), /issues no returned packet again/);
  assert.match(judged(reopened, 99), /budget no longer holds it/);
});

test('money that the books have elsewhere is not issued', () => {
  const elsewhere = 'the books have its money elsewhere';
  assert.equal(judged({ ...dead, reservedFen: 0 }), elsewhere);
  assert.equal(judged({ ...dead, reservedFen: 200 }), elsewhere);
  assert.equal(judged({ ...dead, reservedFen: 0, returnedFen: 100 }), elsewhere);
  assert.equal(judged({ ...dead, reservedFen: 0, budgetFen: 0 }, 1000), elsewhere);
  assert.equal(judged({ ...returned, returnedFen: 0, reservedFen: 100 }), elsewhere);
  assert.equal(judged({ ...returned, budgetFen: -200 }), elsewhere);
});
