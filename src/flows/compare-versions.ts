import { WrongRequest } from '../base/errors.ts';
import type { ActivityId } from '../base/ids.ts';
import { sayRuleChanges } from '../rules/change-words.ts';
import type { SaidChange } from '../rules/change-words.ts';
import type { ActivityStore, RuleDraft, StoredActivity } from './ports/operators.ts';
import type { RuleVersion, RuleVersions } from './ports/rule-versions.ts';
import { readDraft } from './rule-draft.ts';

/** A version's number, or what is being drafted. */
export type Compared = number | 'draft';

/** What operators see of how an activity's rule came to be as it is. Each throws WrongRequest `activity-not-found` (404). */
export interface CompareVersions {
  /** The newest 200. */
  list(id: ActivityId): Promise<readonly RuleVersion[]>;
  /**
   * Says every field that differs. Throws WrongRequest `version-not-found` (404) and, for a draft with faults,
   * `rule-faulty` (409, naming them).
   */
  compare(id: ActivityId, pair: { readonly from: Compared; readonly to: Compared }): Promise<readonly SaidChange[]>;
}

/** Builds the flow over where activities and their versions are kept. */
export function createCompareVersions(options: {
  readonly activities: Pick<ActivityStore, 'find'>;
  readonly versions: RuleVersions;
}): CompareVersions {
  const { activities, versions } = options;
  const find = async (id: ActivityId): Promise<StoredActivity> => {
    const activity = await activities.find(id);
    if (activity !== undefined) return activity;
    throw new WrongRequest('activity-not-found', 'there is no such activity', { status: 404 });
  };
  const read = async (activity: StoredActivity, one: Compared): Promise<unknown> => {
    if (one === 'draft') return draftedRule(activity);
    const stored = await versions.ruleOf(activity, one);
    if (stored === undefined) {
      throw new WrongRequest('version-not-found', `this activity has no version ${one}`, { status: 404 });
    }
    // What later builds added to every rule is no change; a rule that this build cannot read is shown as it stands.
    return readDraft(stored as RuleDraft).rule ?? stored;
  };
  return {
    list: async (id) => versions.list(await find(id)),
    async compare(id, { from, to }) {
      const activity = await find(id);
      return sayRuleChanges(await read(activity, from), await read(activity, to));
    },
  };
}

function draftedRule({ draft }: StoredActivity): unknown {
  const { rule, faults } = readDraft(draft);
  if (rule !== null) return rule;
  throw new WrongRequest('rule-faulty', 'the draft has faults: correct them, then it can be compared', {
    status: 409,
    faults,
  });
}
