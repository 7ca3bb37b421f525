import type { ActivityRule } from '../rules/activity-rule.ts';
import type { Condition } from '../rules/conditions-schema.ts';
import { leavesOf } from '../rules/person-facts.ts';
import { worstCaseFen } from './rule-draft.ts';
import type { RuleWarning } from './rule-draft.ts';

/** Names what conditions of a valid rule look at in vain. `lists`: the account's lists that somebody stands on. */
export function whoWarnings(rule: ActivityRule, lists: ReadonlySet<string>): readonly RuleWarning[] {
  const { must, shadow } = rule.who;
  const leaves = [must, shadow].flatMap((condition) => (condition === null ? [] : leavesOf(condition)));
  const named = leaves.flatMap((leaf) => (leaf.kind === 'listed' ? leaf.list : []));
  const missing = [...new Set(named)].filter((list) => !lists.has(list)).toSorted();
  const warnings: RuleWarning[] = [];
  if (missing.length > 0) {
    const message = `nobody stands on these lists yet: ${missing.join(', ')}; add people to them, or correct the names`;
    warnings.push({ code: 'list-missing', message, worstCaseFen: worstCaseFen(rule), names: missing });
  }
  if (must !== null && !canBeMet(must) && drawsOutsidePages(rule)) {
    const message = 'addresses and devices are known on the page only: whoever comes another way is always refused';
    warnings.push({ code: 'origin-unknown-in-chat', message, worstCaseFen: worstCaseFen(rule) });
  }
  return warnings;
}

function drawsOutsidePages({ trigger }: ActivityRule): boolean {
  // A button of the menu draws only where an operator puts one there.
  const { words, follow, scenes, payment, batch } = trigger;
  return words.length > 0 || follow !== 'never' || scenes.length > 0 || payment || batch;
}

/** Says whether anybody can meet a condition whose address and device are not known. */
export function canBeMet(condition: Condition): boolean {
  return possible(condition).yes;
}

/** What a condition can come to: what is not known is neither. */
function possible(condition: Condition): { readonly yes: boolean; readonly no: boolean } {
  switch (condition.kind) {
    case 'all': {
      const parts = condition.of.map(possible);
      return { yes: parts.every(({ yes }) => yes), no: parts.some(({ no }) => no) };
    }
    case 'any': {
      const parts = condition.of.map(possible);
      return { yes: parts.some(({ yes }) => yes), no: parts.every(({ no }) => no) };
    }
    case 'not': {
      const { yes, no } = possible(condition.of);
      return { yes: no, no: yes };
    }
    case 'velocity':
      return { yes: condition.per === 'person', no: condition.per === 'person' };
    default:
      return { yes: true, no: true };
  }
}
