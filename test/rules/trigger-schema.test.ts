import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import {
  mechanicAt,
  paymentLead,
  TRIGGER_KINDS,
  triggerFaults,
  triggerSchema,
} from '../../src/rules/trigger-schema.ts';
import { lotteryRule } from '../support/live-activity.ts';

const faultsOf = (trigger: unknown, mechanics: readonly string[] = ['main']): readonly string[] =>
  triggerFaults(triggerSchema.parse(trigger), mechanics).map(({ path, message }) => `${path.join('.')}: ${message}`);
const word = (match: string, text: string) => ({ match, word: text });

describe('a trigger', () => {
  it('that was stored before there were other ways in means what it meant', () => {
    const stored = { words: [word('exact', '抽奖')], page: true };
    const { trigger, priority } = activityRuleSchema.parse(lotteryRule({ trigger: stored as never }));
    assert.deepEqual(
      { trigger, priority },
      {
        trigger: {
          ...stored,
          follow: 'never',
          scenes: [],
          codes: null,
          menu: true,
          payment: false,
          batch: false,
          invite: false,
          inviteCounts: 'opened',
          invitesPerPerson: 10,
          leads: {},
        },
        priority: 50,
      },
    );
  });

  it('needs a way in beside the menu', () => {
    assert.deepEqual(faultsOf({ menu: true }), [': say a word or open the page: one is needed']);
    const ways = [{ page: true }, { follow: 'first' }, { scenes: ['a'] }, { payment: true }, { batch: true }];
    for (const way of [...ways, { invite: true }, { words: [word('number', '1')] }])
      assert.deepEqual(faultsOf(way), []);
  });

  it('names each word it cannot read at its place', () => {
    const words = [word('exact', '好'), word('number', '20-10'), word('pattern', 'a(b'), word('contains', '\u200b')];
    assert.deepEqual(faultsOf({ words }), [
      'words.1.word: is neither a whole number, as 42, nor two of them, as 10-20',
      'words.2.word: "(" is never closed (character 2)',
      'words.3.word: is empty',
    ]);
  });

  it('has ten patterns at most', () => {
    const words = Array.from({ length: 11 }, (_, index) => word('pattern', `a${index}`));
    assert.deepEqual(faultsOf({ words }), ['words: at most 10 words may be patterns']);
    assert.deepEqual(faultsOf({ words: words.slice(1) }), []);
  });

  it('leads to the main mechanic, or to another that there is', () => {
    const trigger = { page: true, leads: { payment: 'twice', page: 'gone' } };
    assert.deepEqual(faultsOf(trigger, ['main', 'twice']), ['leads.page: there is no mechanic gone']);
    const words = [
      { ...word('exact', '好'), leadsTo: 'twice' },
      { ...word('exact', '坏'), leadsTo: 'gone' },
    ];
    assert.deepEqual(faultsOf({ words }, ['main', 'twice']), ['words.1.leadsTo: there is no mechanic gone']);
    const read = triggerSchema.parse(trigger);
    assert.deepEqual(
      TRIGGER_KINDS.map((kind) => mechanicAt(read, kind)),
      ['main', 'gone', 'main', 'main', 'main', 'twice', 'main', 'main', 'main'],
    );
  });

  it('is refused with its faults as a part of the rule', () => {
    const read = activityRuleSchema.safeParse(lotteryRule({ trigger: { words: [word('pattern', '[') as never] } }));
    assert.deepEqual(
      read.error?.issues.map(({ path }) => path.join('.')),
      ['trigger.words.0.word'],
    );
  });

  it('leads a payment by the highest tier it reaches, and nowhere below the smallest', () => {
    const trigger = triggerSchema.parse({
      payment: true,
      paymentAtLeastFen: 5000,
      paymentTiers: [
        { atLeastFen: 20_000, leadsTo: 'gold' },
        { atLeastFen: 10_000, leadsTo: 'silver' },
      ],
      leads: { payment: 'bronze' },
    });
    const leads = [4999, 5000, 9999, 10_000, 20_000, 9_000_000].map((fen) => paymentLead(trigger, fen));
    assert.deepEqual(leads, [null, 'bronze', 'bronze', 'silver', 'gold', 'gold']);
    assert.equal(paymentLead(triggerSchema.parse({ payment: true }), 1), 'main');
    assert.equal(paymentLead(triggerSchema.parse({ page: true }), 1_000_000), null);
  });

  it('names tiers that are never reached, stand twice or lead nowhere', () => {
    const tier = (atLeastFen: number, leadsTo = 'main') => ({ atLeastFen, leadsTo });
    const tiers = (...paymentTiers: object[]) => faultsOf({ payment: true, paymentAtLeastFen: 100, paymentTiers });
    assert.deepEqual(tiers(tier(100), tier(200)), []);
    assert.match(tiers(tier(99)).join(), /^paymentTiers\.0\.atLeastFen: .*never reached$/);
    assert.match(tiers(tier(200), tier(200)).join(), /^paymentTiers\.1\.atLeastFen: another tier/);
    assert.match(tiers(tier(200, 'gold')).join(), /^paymentTiers\.0\.leadsTo: there is no mechanic gold$/);
    assert.match(faultsOf({ page: true, paymentAtLeastFen: 1 }).join(), /^paymentAtLeastFen: counts only/);
    assert.match(faultsOf({ page: true, paymentTiers: [tier(1)] }).join(), /^paymentTiers: counts only/);
  });
});
