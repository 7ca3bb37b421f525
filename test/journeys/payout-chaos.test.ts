import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runPayoutChaos } from '../support/payout-chaos.ts';

describe('workers killed and stalled while they pay', () => {
  it('pay nothing twice, lose nothing, and leave books that agree with WeChat Pay’s', async (test) => {
    const report = await runPayoutChaos({
      seed: 'journey',
      rounds: 6,
      payouts: 200,
      workers: 3,
      longStalls: 0,
      say: (line) => test.diagnostic(line),
    });
    test.diagnostic(JSON.stringify(report));
    assert.equal(report.paidTwice, 0);
    assert.equal(report.kills + report.stalls, 6);
    assert.equal(
      Object.values(report.states).reduce((sum, count) => sum + count, 0),
      200,
    );
  });
});
