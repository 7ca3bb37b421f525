import type { DecidedDraw, LiveActivity } from '../../flows/ports/draws.ts';
import { textListLiteral, textLiteral } from '../sql-literal.ts';

/**
 * Returns the statements by which people's first own draws meet the condition of the invitation that brought them, in
 * the draws' own transaction; none where the rule does not look at draws. What an operator's list or an invitation drew
 * for somebody is not their own.
 */
export function invitationsMet(activity: LiveActivity, decided: readonly DecidedDraw[]): readonly string[] {
  const { trigger } = activity.rule;
  if (!trigger.invite || trigger.inviteCounts !== 'first-draw') return [];
  const own = decided.filter(({ request, verdict }) => verdict.outcome !== 'refused' && !/^[bi]:/.test(request.key));
  const people = [...new Set(own.map(({ request }) => request.openid))].toSorted();
  if (people.length === 0) return [];
  const atMs = Math.max(...own.map(({ request }) => request.atMs));
  return [
    `update invitation set state = 'met', due_at = to_timestamp(${atMs} / 1000.0)
      where account_id = ${textLiteral(activity.accountId)} and activity_id = ${textLiteral(activity.id)}
        and state = 'opened' and invitee_openid = any(${textListLiteral(people)})`,
  ];
}
