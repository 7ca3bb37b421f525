import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { lawFindings } from '../../src/rules/law.ts';
import { LAW_REASONS } from '../../src/rules/law-reasons.ts';
import type { LawCheck } from '../../src/rules/law-reasons.ts';
import { lotteryRule } from '../support/live-activity.ts';

const DAY = { startsAtMs: null, endsAtMs: Date.parse('2026-12-01T00:00:00Z') };
const packet = { id: 'packet', name: '红包', kind: 'red-packet', amountFen: 188, tickets: 1, stock: 10 } as const;
const cup = { id: 'cup', name: '杯子', kind: 'text', tickets: 1, stock: 10, worthFen: 3000 } as const;
const NOTHING_TO_SAY: Partial<ActivityRuleInput> = {
  ...DAY,
  trigger: { words: [], page: true },
  prizes: [packet, cup],
  budgetFen: 1880,
  look: { organiser: '某某文化有限公司' },
};
const listed = { kind: 'listed', list: 'vip' } as const;
const explained = { text: '仅限报名成功的会员参加' };

/** Of each check a rule that it finds, at which level and where, and one that it lets pass. */
const CASES: readonly {
  readonly check: LawCheck;
  readonly level: 'block' | 'warn';
  readonly found: Partial<ActivityRuleInput>;
  readonly at: readonly string[];
  readonly passes: Partial<ActivityRuleInput>;
}[] = [
  {
    check: 'top-prize',
    level: 'block',
    found: { prizes: [packet, { ...cup, worthFen: 5_000_001 }] },
    at: ['prizes.1.worthFen'],
    passes: { prizes: [packet, { ...cup, worthFen: 5_000_000 }] },
  },
  {
    check: 'withheld-prize',
    level: 'block',
    found: { prizes: [packet, { ...cup, tickets: 0 }] },
    at: ['prizes.1'],
    passes: { prizes: [packet, { ...cup, tickets: 0, stock: 0 }] },
  },
  {
    check: 'unpaid-quantity',
    level: 'warn',
    found: { budgetFen: 1879, whenBudgetEnds: 'nobody-wins' },
    at: ['budgetFen'],
    passes: { budgetFen: 1879, whenBudgetEnds: 'close' },
  },
  {
    check: 'insider-list',
    level: 'block',
    found: { who: { must: listed } },
    at: ['who.text'],
    passes: { who: { must: { kind: 'not', of: listed } } },
  },
  {
    check: 'insider-list',
    level: 'warn',
    found: { who: { must: { kind: 'all', of: [{ kind: 'follows' }, listed] }, ...explained } },
    at: ['who.must'],
    passes: { who: { must: { kind: 'follows' } } },
  },
  {
    check: 'insider-list',
    level: 'warn',
    found: { trigger: { words: [], page: true, batch: true } },
    at: ['trigger.batch'],
    passes: {},
  },
  {
    check: 'timed-release',
    level: 'warn',
    found: { who: { must: { kind: 'hours', from: '09:00', until: '18:00' } } },
    at: ['who.must'],
    passes: { who: { shadow: { kind: 'hours', from: '09:00', until: '18:00' } } },
  },
  {
    check: 'region-release',
    level: 'warn',
    found: { who: { must: { kind: 'tagged', tagIds: [101] } } },
    at: ['who.must'],
    passes: { who: { must: { kind: 'won', times: 1 } } },
  },
  {
    check: 'organiser-unnamed',
    level: 'warn',
    found: { look: {} },
    at: ['look.organiser'],
    passes: {},
  },
  { check: 'end-unnamed', level: 'warn', found: { endsAtMs: null }, at: ['endsAtMs'], passes: {} },
  {
    check: 'worth-unnamed',
    level: 'warn',
    found: { prizes: [packet, { ...cup, worthFen: null }] },
    at: ['prizes.1.worthFen'],
    passes: { prizes: [packet, { ...cup, worthFen: 0 }] },
  },
  {
    check: 'winners-unannounced',
    level: 'block',
    found: { trigger: { words: [{ match: 'exact', word: '抽奖' }] }, prizes: [packet, { ...cup, worthFen: 50_001 }] },
    at: ['trigger.page'],
    passes: { trigger: { words: [{ match: 'exact', word: '抽奖' }] }, prizes: [packet, { ...cup, worthFen: 50_000 }] },
  },
  {
    check: 'follow-bait',
    level: 'warn',
    found: { trigger: { words: [], follow: 'first', page: true }, who: { must: { kind: 'follows' } } },
    at: ['trigger.follow', 'who.must'],
    passes: { trigger: { words: [], follow: 'first', page: true }, prizes: [cup] },
  },
  {
    check: 'share-bait',
    level: 'warn',
    found: {
      trigger: { words: [], page: true, invite: true },
      prizes: [packet, { ...packet, id: 'group', kind: 'group-packet', amountFen: 900, shares: 3 }],
      budgetFen: 99_999,
    },
    at: ['trigger.invite', 'prizes.1'],
    passes: {},
  },
];

function findingsOf(changes: Partial<ActivityRuleInput>): ReturnType<typeof lawFindings> {
  return lawFindings(activityRuleSchema.parse(lotteryRule({ ...NOTHING_TO_SAY, ...changes })));
}

describe('the law', () => {
  it('has nothing to say of a rule with all that it asks for', () => {
    assert.deepEqual(findingsOf({}), []);
  });

  it('says something by each check, with a reason and a source in both languages', () => {
    const tested = new Set(CASES.map(({ check }) => check));
    assert.deepEqual(
      Object.keys(LAW_REASONS).filter((check) => !tested.has(check as LawCheck)),
      [],
    );
    for (const { zh, en, source } of Object.values(LAW_REASONS)) {
      for (const text of [zh, source.zh]) assert.match(text, /[\u4e00-\u9fff]/u);
      for (const text of [en, source.en]) assert.match(text, /^[\u0020-\u007e’“”]+$/u);
    }
  });

  for (const { check, level, found, at, passes } of CASES) {
    it(`${level === 'block' ? 'blocks' : 'warns'} by ${check} at ${at.join(' and ')}, and lets another rule pass`, () => {
      const is = (finding: { check: string; level: string }) => finding.check === check && finding.level === level;
      assert.deepEqual(findingsOf(found).filter(is), [{ check, level, paths: at }]);
      assert.deepEqual(findingsOf(passes).filter(is), []);
    });
  }
});
