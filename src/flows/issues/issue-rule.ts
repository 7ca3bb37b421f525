import { WrongRequest } from '../../base/errors.ts';
import type { PrizeId } from '../../base/ids.ts';
import type { ActivityRule } from '../../rules/activity-rule.ts';
import type { IssueBatch, IssuePacket } from '../ports/issue-batches.ts';
import type { RuleDraft } from '../ports/operators.ts';
import { cleanDraft, readDraft } from '../rule-draft.ts';

/** The one prize of an activity that belongs to a batch. */
export const ISSUE_PRIZE = 'packet' as PrizeId;

type Amounts = Pick<IssueBatch, 'name' | 'people' | 'amountFen' | 'amountMinFen' | 'amountMaxFen'> & {
  readonly packet: IssuePacket;
};

const SAID = { win: '{prize}', lose: '-', limit: '-', soldOut: '-', closed: '名单发放，无需参与' };

/**
 * The rule of the activity that a batch's awards belong to: one prize, the batch's total as budget, the packet's texts.
 * It ends the moment it is published, so that nobody ever draws in it.
 */
export function issueDraft(batch: Amounts, nowMs: number): RuleDraft {
  const { name, people, amountFen, packet } = batch;
  const minFen = batch.amountMinFen ?? amountFen;
  const maxFen = batch.amountMaxFen ?? amountFen;
  const prize = { id: ISSUE_PRIZE, name: name.slice(0, 40), tickets: 0, stock: people };
  const meanFen = people === 0 ? minFen : Math.min(maxFen, Math.ceil(amountFen / people));
  return cleanDraft({
    trigger: { batch: true, menu: false },
    mechanic: { kind: 'keyword', prizeId: ISSUE_PRIZE },
    prizes: [
      minFen === maxFen
        ? { ...prize, kind: 'red-packet', amountFen: minFen }
        : { ...prize, kind: 'random-packet', minFen, maxFen, meanFen },
    ],
    limits: {},
    budgetFen: amountFen,
    whenBudgetEnds: 'nobody-wins',
    returned: { money: 'returned', reissue: true },
    endsAtMs: nowMs,
    texts: SAID,
    packet: { ...packet },
  });
}

/** Reads that draft as a rule. Throws WrongRequest `rule-faulty` (400), naming the faults of the packet's texts. */
export function issueRule(batch: Amounts, nowMs: number): ActivityRule {
  const { rule, faults } = readDraft(issueDraft(batch, nowMs));
  if (rule === null) throw new WrongRequest('rule-faulty', 'these packets cannot be sent', { faults });
  return rule;
}
