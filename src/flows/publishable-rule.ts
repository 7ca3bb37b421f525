import { WrongRequest } from '../base/errors.ts';
import type { ActivityRule } from '../rules/activity-rule.ts';
import { lawFindings } from '../rules/law.ts';
import type { LawFinding } from '../rules/law.ts';
import { LAW_REASONS } from '../rules/law-reasons.ts';
import { isHandedOut, largestAmountFen, packetAmounts } from '../rules/prize-schema.ts';
import { winnablePrizes } from '../rules/winnable-prizes.ts';
import { poolsInVain } from './codes/pool-faults.ts';
import { entryFaults } from './entry-faults.ts';
import { unpayableParts } from './payable-rule.ts';
import type { LockedActivity, RuleDraft } from './ports/operators.ts';
import { differingPaths, readDraft, worstCaseFault } from './rule-draft.ts';

/** What may change in an activity people already take part in: how it sounds and looks, never what it gives to whom. */
const CHANGEABLE =
  /^(?:texts\.|(?:chained\.\d+\.)?mechanic\.texts\.|look\.(?!question)|packet\.(?:wishing|activityName|remark)$)/;

/** Returns the rule of the draft if it may come into force, and throws what forbids it otherwise. */
export function ruleToPublish(
  { activity, publishedRule, account, merchant, pools }: LockedActivity,
  nowMs: number,
): ActivityRule {
  const { rule, faults } = readDraft(activity.draft);
  if (rule === null) throw new WrongRequest('rule-faulty', 'the rule still has faults', { faults });
  if (publishedRule !== null) {
    // Read again, so that what this build adds to every rule does not count as a change.
    const inForce = readDraft(publishedRule as RuleDraft).rule ?? publishedRule;
    const locked = differingPaths(inForce, rule).filter((path) => !CHANGEABLE.test(path));
    if (locked.length === 0) return rule;
    const message = `people already take part, so only texts and the packet's look can change, as the law on promotions wants it; these differ: ${locked.join(', ')}`;
    throw conflict('rule-locked', message, 409, locked);
  }
  const unlawful = lawFindings(rule).filter(({ level }) => level === 'block');
  if (unlawful.length > 0) throw new WrongRequest('rule-unlawful', sayLaw(unlawful), { faults: lawFaults(unlawful) });
  const closed = [...entryFaults(rule, account), ...poolsInVain(rule, activity.id, pools)];
  if (closed.length > 0) {
    const message = closed.map((fault) => `${fault.path}: ${fault.message}`).join('; ');
    throw new WrongRequest('rule-faulty', message, { faults: closed });
  }
  const packets = winnablePrizes(rule).filter((prize) => packetAmounts(prize).length > 0);
  const handedOut = winnablePrizes(rule).some((prize) => isHandedOut(prize));
  if (handedOut && merchant === null) {
    const what = packets.length > 0 ? 'red packets' : 'coupons';
    throw conflict('merchant-missing', `${what} need a merchant: link one to the Official Account first`, 409, [
      'accountId',
    ]);
  }
  const unpayable = handedOut && merchant !== null ? unpayableParts(rule, merchant) : [];
  if (unpayable.length > 0) {
    throw new WrongRequest('rule-unpayable', 'WeChat Pay would refuse packets of this rule', { faults: unpayable });
  }
  if (packets.length > 0 && packets.every((prize) => largestAmountFen(prize) > rule.budgetFen)) {
    const message = 'the budget does not pay for a single red packet';
    throw new WrongRequest('rule-faulty', message, { faults: [{ path: 'budgetFen', message }] });
  }
  const unanswered = worstCaseFault(rule);
  if (unanswered !== null) throw new WrongRequest('rule-faulty', unanswered.message, { faults: [unanswered] });
  if (rule.endsAtMs !== null && rule.endsAtMs <= nowMs) {
    const message = 'the end is already past';
    throw new WrongRequest('rule-faulty', message, { faults: [{ path: 'endsAtMs', message }] });
  }
  return rule;
}

function sayLaw(findings: readonly LawFinding[]): string {
  return findings.map(({ check }) => `${LAW_REASONS[check].en} (${LAW_REASONS[check].source.en})`).join(' ');
}

function lawFaults(findings: readonly LawFinding[]): { path: string; message: string }[] {
  return findings.flatMap(({ check, paths }) => paths.map((path) => ({ path, message: LAW_REASONS[check].en })));
}

/** A request that does not go with how things stand; `paths` are the fields it is about. */
export function conflict(code: string, message: string, status = 409, paths: readonly string[] = []): WrongRequest {
  return new WrongRequest(code, message, { status, faults: paths.map((path) => ({ path, message })) });
}
