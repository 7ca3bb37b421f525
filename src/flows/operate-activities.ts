import { fen } from '../base/fen.ts';
import type { AccountId, ActivityId } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { ActivityRule } from '../rules/activity-rule.ts';
import { lawFindings } from '../rules/law.ts';
import type { LawFinding } from '../rules/law.ts';
import { overlapsOf, textOverlapsOf } from '../rules/overlaps.ts';
import type { Overlap, Spoken, TextOverlap } from '../rules/overlaps.ts';
import type { ActivityWords, WordsInUse } from './ports/keyword-replies.ts';
import type {
  ActivityState,
  ActivityStore,
  AskFirst,
  LockedActivity,
  Operator,
  RuleDraft,
  StoredActivity,
} from './ports/operators.ts';
import type { Clock, Luck } from './ports/time-and-luck.ts';
import { conflict, ruleToPublish } from './publishable-rule.ts';
import { cleanDraft, readDraft, ruleWarnings, worstCaseFault } from './rule-draft.ts';
import type { RuleFault, RuleWarning } from './rule-draft.ts';
import { whoWarnings } from './who-warnings.ts';
import { refuseAsked } from './access/decide-approvals.ts';
import type { ApprovalStore } from './ports/approvals.ts';

/** An activity with what stands between its draft and a publication. */
export interface ReviewedActivity {
  readonly activity: StoredActivity;
  readonly faults: readonly RuleFault[];
  readonly warnings: readonly RuleWarning[];
  /** What the law and WeChat's own rules say of it; empty once it is published, when nothing of it can change. */
  readonly law: readonly LawFinding[];
  /** What the draft shares with other live activities of the account; empty for a draft with faults or a stopped one. */
  readonly overlaps: readonly Overlap<ActivityWords>[];
  /** What its words share with the account's keyword for awards and its keyword replies. */
  readonly textOverlaps: readonly TextOverlap<TextAnswer>[];
}

/** What answers a text beside activities: the account's keyword for awards, or one of its keyword replies. */
export interface TextAnswer {
  readonly kind: 'my-awards' | 'reply';
  readonly replyId: string | null;
  readonly words: readonly string[];
}

/** What operators do with activities. Every change is logged with who did it. */
export interface OperateActivities {
  /** Throws WrongRequest `slug-taken` (409) or `account-unknown` (400). The draft may have faults. */
  create(
    operator: Operator,
    input: { accountId: AccountId; slug: string; name: string; draft: RuleDraft },
  ): Promise<ReviewedActivity>;
  /** Throws WrongRequest `activity-not-found` (404). */
  show(id: ActivityId): Promise<ReviewedActivity>;
  /** Throws WrongRequest `revision-stale`, `slug-taken`, `slug-published` or `activity-stopped`, all 409. */
  edit(
    operator: Operator,
    input: { id: ActivityId; revision: number; slug: string; name: string; draft: RuleDraft },
  ): Promise<ReviewedActivity>;
  /**
   * Puts the draft in force, or, where its budget is above the amount that one person may publish, asks for a second one:
   * the activity is `awaiting` then and its draft stays as it is. Throws WrongRequest `rule-faulty` (400, naming every
   * fault), `rule-unpayable` (400, naming what WeChat Pay would refuse from this merchant), `publication-asked` (409)
   * while it waits, `merchant-missing`,
   * `revision-stale`, `activity-stopped` or `rule-locked` (409, naming the fields that can no longer change).
   */
  publish(operator: Operator, input: { id: ActivityId; revision: number }): Promise<ReviewedActivity>;
  /** Refuses every draw from the next transaction on, until it goes on. Throws WrongRequest `activity-not-published` (409). */
  pause(operator: Operator, id: ActivityId): Promise<ReviewedActivity>;
  /** Lets people draw again. Throws WrongRequest `activity-not-paused` (409). */
  resume(operator: Operator, id: ActivityId): Promise<ReviewedActivity>;
  /** Ends the activity for good; winners are still paid. Throws WrongRequest `activity-not-published` (409). */
  stop(operator: Operator, id: ActivityId): Promise<ReviewedActivity>;
}

/** How long a second person has. */
const ASKED_LASTS_MS = 72 * 3_600_000;

/** A change of state, and from which. */
interface Turn {
  readonly to: 'published' | 'paused' | 'stopped';
  readonly from: readonly ActivityState[];
  readonly event: string;
}

const TURNS = {
  pause: { to: 'paused', from: ['published'], event: 'activity-paused' },
  resume: { to: 'published', from: ['paused'], event: 'activity-resumed' },
  stop: { to: 'stopped', from: ['published', 'paused'], event: 'activity-stopped' },
} as const satisfies Record<string, Turn>;

interface OperateActivitiesOptions {
  readonly activities: ActivityStore;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
  /** Above which budget a second person confirms; without it nobody has to. */
  readonly approvals?: Pick<ApprovalStore, 'limits'>;
}

/** Builds the flow over where activities are kept. */
export function createOperateActivities(options: OperateActivitiesOptions): OperateActivities {
  const { activities, clock, luck, logger } = options;
  /** What else listens is read first, so that nothing can fail once the change is made. */
  const change = async (
    { operator, accountId, event }: { operator: Operator; accountId: AccountId; event: string },
    make: () => Promise<StoredActivity>,
  ): Promise<ReviewedActivity> => {
    const around = await surroundings(activities, accountId);
    const activity = await make();
    const { id, revision, publishedVersion } = activity;
    const fields = { operator: operator.id, activity: id, revision, version: publishedVersion };
    logger.info({ ...fields, awaiting: activity.awaiting?.id ?? null }, event);
    return review(activity, around);
  };
  const find = (id: ActivityId): Promise<StoredActivity> => mustFind(activities, id);
  const turn = async (operator: Operator, id: ActivityId, { to, from, event }: Turn): Promise<ReviewedActivity> => {
    const { accountId } = await find(id);
    return change({ operator, accountId, event }, () =>
      activities.turn({ accountId, id, to, nowMs: clock.nowMs() }, ({ activity }) =>
        refuseTurn(activity, { to, from }),
      ),
    );
  };
  return {
    create: async (operator, input) => {
      const { accountId, slug } = input;
      const id = luck.randomId() as ActivityId;
      const text = { name: input.name, draft: cleanDraft(input.draft) };
      return change({ operator, accountId, event: 'activity-created' }, () =>
        activities.create({ accountId, id, slug, ...text, nowMs: clock.nowMs() }),
      );
    },
    async show(id) {
      const activity = await find(id);
      return review(activity, await surroundings(activities, activity.accountId));
    },
    edit: async (operator, input) => {
      const { accountId } = await find(input.id);
      const edit = { ...input, accountId, draft: cleanDraft(input.draft), nowMs: clock.nowMs() };
      return change({ operator, accountId, event: 'activity-edited' }, () =>
        activities.saveDraft(edit, ({ activity }) => {
          refuseStale(activity, input.revision);
          refuseStopped(activity);
          refuseNewSlug(activity, input.slug);
          refuseAsked(activity, edit.nowMs);
        }),
      );
    },
    publish: async (operator, { id, revision }) => {
      const { accountId } = await find(id);
      const nowMs = clock.nowMs();
      const aboveFen = (await options.approvals?.limits())?.publish ?? null;
      return change({ operator, accountId, event: 'activity-published' }, () =>
        activities.publish({ accountId, id, nowMs, operatorId: operator.id }, (locked) => {
          refuseStale(locked.activity, revision);
          refuseStopped(locked.activity);
          refuseAsked(locked.activity, nowMs);
          return ruleOrRequest(locked, { nowMs, aboveFen, id: luck.randomId() });
        }),
      );
    },
    pause: (operator, id) => turn(operator, id, TURNS.pause),
    resume: (operator, id) => turn(operator, id, TURNS.resume),
    stop: (operator, id) => turn(operator, id, TURNS.stop),
  };
}

/** Only the first publication commits money: afterwards the budget is fixed. */
function ruleOrRequest(
  locked: LockedActivity,
  { nowMs, aboveFen, id }: { readonly nowMs: number; readonly aboveFen: number | null; readonly id: string },
): ActivityRule | AskFirst {
  const rule = ruleToPublish(locked, nowMs);
  const isNew = locked.activity.publishedVersion === null;
  if (!isNew || aboveFen === null || rule.budgetFen <= aboveFen) return rule;
  return { ask: { id, amountFen: fen(rule.budgetFen), expiresAtMs: nowMs + ASKED_LASTS_MS } };
}

async function mustFind(activities: Pick<ActivityStore, 'find'>, id: ActivityId): Promise<StoredActivity> {
  const activity = await activities.find(id);
  if (activity === undefined) throw conflict('activity-not-found', 'there is no such activity', 404);
  return activity;
}

/** What of its account a draft is held against. */
interface Surroundings {
  readonly words: WordsInUse;
  readonly lists: ReadonlySet<string>;
}

async function surroundings(
  activities: Pick<ActivityStore, 'wordsInUse' | 'personLists'>,
  account: AccountId,
): Promise<Surroundings> {
  const [words, lists] = await Promise.all([activities.wordsInUse(account), activities.personLists(account)]);
  return { words, lists };
}

function review(activity: StoredActivity, { words, lists }: Surroundings): ReviewedActivity {
  const { rule, faults } = readDraft(activity.draft);
  if (rule === null) return { activity, faults, warnings: [], law: [], overlaps: [], textOverlaps: [] };
  const unanswered = activity.publishedVersion === null ? worstCaseFault(rule) : null;
  const open = unanswered === null ? [] : [unanswered];
  const stopped = activity.state === 'stopped';
  const others = stopped ? [] : words.activities.filter(({ id }) => id !== activity.id);
  const textOverlaps = stopped ? [] : textOverlapsOf(rule, answeringTexts(words));
  const warnings = [...ruleWarnings(rule), ...whoWarnings(rule, lists)];
  const law = activity.publishedVersion === null ? lawFindings(rule) : [];
  const overlaps = overlapsOf(rule, others, words.codeShapes);
  return { activity, faults: open, warnings, law, overlaps, textOverlaps };
}

/** In the order in which a text is held against them: the keyword for awards, (activities,) keyword replies. */
function answeringTexts({ myAwardsKeyword, replies }: WordsInUse): readonly Spoken<TextAnswer>[] {
  const keyword: Spoken<TextAnswer> = {
    subject: { kind: 'my-awards', replyId: null, words: [myAwardsKeyword] },
    words: [{ match: 'exact', word: myAwardsKeyword }],
    answers: 'before',
  };
  const enabled = replies.filter((reply) => reply.enabled);
  return [
    ...(myAwardsKeyword === '' ? [] : [keyword]),
    ...enabled.map(({ id, words, match }) => ({
      subject: { kind: 'reply' as const, replyId: id, words },
      words: words.map((word) => ({ match, word })),
      answers: 'after' as const,
    })),
  ];
}

function refuseStale(activity: StoredActivity, revision: number): void {
  if (activity.revision === revision) return;
  const message = `someone changed this activity meanwhile (it is at revision ${activity.revision}, you saw ${revision}): reload it`;
  throw conflict('revision-stale', message);
}

function refuseNewSlug(activity: StoredActivity, slug: string): void {
  if (activity.publishedVersion === null || activity.slug === slug) return;
  throw conflict('slug-published', 'the address is in use since the publication and cannot change', 409, ['slug']);
}

function refuseTurn({ state }: StoredActivity, { to, from }: Pick<Turn, 'to' | 'from'>): void {
  if (from.includes(state)) return;
  if (to === 'published') {
    throw conflict('activity-not-paused', `only an activity that pauses can go on; this one is ${state}`);
  }
  throw conflict('activity-not-published', `only a published activity can be ${to}; this one is ${state}`);
}

function refuseStopped(activity: StoredActivity): void {
  if (activity.state === 'stopped') throw conflict('activity-stopped', 'a stopped activity does not change any more');
}
