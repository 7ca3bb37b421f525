import { cleanText } from '../../base/clean-text.ts';
import { WrongRequest } from '../../base/errors.ts';
import { openid as readOpenid } from '../../base/ids.ts';
import type { Openid } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { ActivityRule } from '../../rules/activity-rule.ts';
import { largestAmountFen } from '../../rules/prize-schema.ts';
import { winnablePrizes } from '../../rules/winnable-prizes.ts';
import type { ApprovalStore } from '../ports/approvals.ts';
import type { Page, PageRequest } from '../ports/console-reads.ts';
import type { ActivityDirectory } from '../ports/draws.ts';
import type { BatchLine, BatchState, DrawBatch, DrawBatchStore, ReadLine } from '../ports/draw-batches.ts';
import type { Operator, StoredActivity } from '../ports/operators.ts';
import type { PersonLists } from '../ports/person-lists.ts';
import type { Clock, Luck } from '../ports/time-and-luck.ts';

/** Most people of one list. */
export const BATCH_LINES_MAX = 100_000;
const PREPARED_MAX = 20;
const PEOPLE_PER_PAGE = 5000;

/** Where the people come from: openids, one a line, or a list of people that is kept for conditions. */
export type BatchSource = { readonly openids: readonly string[] } | { readonly list: string };

/**
 * How operators let a list of people draw, in two steps. Each throws WrongRequest `batch-not-found` (404) and
 * OutsideTrouble.
 */
export interface OperateBatches {
  /**
   * Reads a list line by line and keeps it; nobody draws yet. Throws WrongRequest `batch-off` (409) where the rule in force
   * has no lists, `batch-empty` (400), `batch-too-long` (400), `batches-waiting` (409) when 20 wait for a confirmation.
   */
  prepare(
    operator: Operator,
    input: { readonly activity: StoredActivity; readonly note: string; readonly source: BatchSource },
  ): Promise<DrawBatch>;
  /** The newest first. */
  list(activity: StoredActivity, page: PageRequest): Promise<Page<DrawBatch>>;
  show(activity: StoredActivity, id: string): Promise<DrawBatch>;
  lines(
    activity: StoredActivity,
    id: string,
    page: { readonly after: number; readonly most: number; readonly faulty: boolean },
  ): Promise<readonly BatchLine[]>;
  /**
   * Confirms a list (`people`: how many of it draw, as was shown; else `batch-changed`, 409), pauses, resumes or cancels
   * it. Throws WrongRequest `batch-state` (409) where it stands otherwise. Confirmed by whoever prepared it, a list whose people
   * can win more than one person may give out waits for another.
   */
  confirm(operator: Operator, activity: StoredActivity, input: { id: string; people: number }): Promise<DrawBatch>;
  /**
   * Lets a list draw that waits for a second person, or refuses it. Throws WrongRequest `batch-state` (409), and `batch-own` (403)
   * for whoever prepared it or asked.
   */
  decide(operator: Operator, activity: StoredActivity, input: { id: string; approve: boolean }): Promise<DrawBatch>;
  turn(
    operator: Operator,
    activity: StoredActivity,
    input: { readonly id: string; readonly to: 'pause' | 'resume' | 'cancel' },
  ): Promise<DrawBatch>;
}

const TURNS: Readonly<Record<'pause' | 'resume' | 'cancel', { from: readonly BatchState[]; to: BatchState }>> = {
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  cancel: { from: ['prepared', 'asked', 'running', 'paused'], to: 'cancelled' },
};

interface OperateBatchesOptions {
  readonly batches: DrawBatchStore;
  readonly personLists: Pick<PersonLists, 'people'>;
  readonly activities: Pick<ActivityDirectory, 'live'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
  /** Above which amount another person confirms; without it nobody has to. */
  readonly approvals?: Pick<ApprovalStore, 'limits'>;
}

/** Builds the flow. Every step is logged with who did it. */
export function createOperateBatches(options: OperateBatchesOptions): OperateBatches {
  const { batches, clock, luck, logger } = options;
  const show = async (activity: StoredActivity, id: string): Promise<DrawBatch> => {
    const found = await batches.find({ account: activity.accountId, id });
    if (found === undefined || found.activity !== activity.id) {
      throw new WrongRequest('batch-not-found', 'there is no such list in this activity', { status: 404 });
    }
    return found;
  };
  return {
    async prepare(operator, { activity, note, source }) {
      await refuseWithoutLists(options.activities, activity);
      await refuseTooMany(batches, activity);
      const key = { account: activity.accountId, id: luck.randomId() };
      const lines = readLines(await textsOf(options.personLists, activity, source));
      const batch = await batches.prepare({
        key,
        activity: activity.id,
        note: cleanText(note),
        lines,
        operator: operator.id,
        nowMs: clock.nowMs(),
      });
      logger.info(
        { operator: operator.id, activity: activity.id, batch: batch.id, lines: lines.length },
        'draw-batch-prepared',
      );
      return batch;
    },
    list: (activity, page) => batches.list({ account: activity.accountId, activity: activity.id }, page),
    show,
    async lines(activity, id, page) {
      await show(activity, id);
      return batches.lines({ account: activity.accountId, id }, page);
    },
    ...decideBatches(options, show),
  };
}

/** What is done with a list that was prepared. */
function decideBatches(
  options: OperateBatchesOptions,
  show: OperateBatches['show'],
): Pick<OperateBatches, 'confirm' | 'decide' | 'turn'> {
  const { batches, clock, logger } = options;
  const move = async (
    activity: StoredActivity,
    id: string,
    change: Omit<Parameters<DrawBatchStore['move']>[1], 'nowMs'>,
  ): Promise<DrawBatch> => {
    const moved = await batches.move({ account: activity.accountId, id }, { ...change, nowMs: clock.nowMs() });
    const batch = await show(activity, id);
    if (!moved) throw conflict('batch-state', `the list is ${batch.state}: reload it`);
    return batch;
  };
  return {
    async confirm(operator, activity, { id, people }) {
      const rule = await refuseWithoutLists(options.activities, activity);
      const { open, preparedBy } = await show(activity, id);
      if (open !== people) throw conflict('batch-changed', `${open} people of this list would draw, not ${people}`);
      const amountFen = winnableFen(rule, open);
      if (preparedBy === operator.id && (await needsSecond(options.approvals, amountFen))) {
        const asked = { by: operator.id, amountFen };
        const waiting = await move(activity, id, { from: ['prepared'], to: 'asked', asked });
        logger.info({ operator: operator.id, activity: activity.id, batch: id, people, amountFen }, 'draw-batch-asked');
        return waiting;
      }
      const batch = await move(activity, id, { from: ['prepared'], to: 'running', confirmedBy: operator.id });
      logger.info({ operator: operator.id, activity: activity.id, batch: id, people }, 'draw-batch-confirmed');
      return batch;
    },
    async decide(operator, activity, { id, approve }) {
      const { preparedBy, askedBy } = await show(activity, id);
      if (preparedBy === operator.id || askedBy === operator.id) {
        throw new WrongRequest('batch-own', 'another person decides on a list that you prepared', { status: 403 });
      }
      if (approve) await refuseWithoutLists(options.activities, activity);
      const answer = approve
        ? ({ to: 'running', confirmedBy: operator.id } as const)
        : ({ to: 'refused', refusedBy: operator.id } as const);
      const batch = await move(activity, id, { from: ['asked'], ...answer });
      logger.info({ operator: operator.id, activity: activity.id, batch: id, approve }, 'draw-batch-decided');
      return batch;
    },
    async turn(operator, activity, { id, to }) {
      await show(activity, id);
      const batch = await move(activity, id, TURNS[to]);
      logger.info({ operator: operator.id, activity: activity.id, batch: id }, `draw-batch-${batch.state}`);
      return batch;
    },
  };
}

/** Reads texts as openids, one a line; whoever stands twice draws by the first one. */
export function readLines(texts: readonly string[]): readonly ReadLine[] {
  const seen = new Set<string>();
  return texts.map((text) => {
    const openid = openidOf(text.trim());
    if (openid === null) return { openid, fault: 'malformed' };
    if (seen.has(openid)) return { openid, fault: 'duplicate' };
    seen.add(openid);
    return { openid, fault: null };
  });
}

function openidOf(text: string): Openid | null {
  try {
    return readOpenid(text);
  } catch {
    return null;
  }
}

async function textsOf(
  personLists: Pick<PersonLists, 'people'>,
  activity: StoredActivity,
  source: BatchSource,
): Promise<readonly string[]> {
  const texts = 'openids' in source ? source.openids : await peopleOf(personLists, activity, source.list);
  if (texts.length === 0) throw new WrongRequest('batch-empty', 'nobody is on this list');
  if (texts.length <= BATCH_LINES_MAX) return texts;
  throw new WrongRequest('batch-too-long', `a list has at most ${BATCH_LINES_MAX} lines: divide it`);
}

/** Stops reading once there are too many. */
async function peopleOf(
  personLists: Pick<PersonLists, 'people'>,
  { accountId: account }: StoredActivity,
  list: string,
): Promise<readonly string[]> {
  const people: string[] = [];
  for (let after = ''; people.length <= BATCH_LINES_MAX;) {
    const page = await personLists.people({ account, list }, { after, most: PEOPLE_PER_PAGE });
    people.push(...page.map(({ openid }) => openid));
    const last = page.at(-1);
    if (last === undefined || page.length < PEOPLE_PER_PAGE) break;
    after = last.openid;
  }
  return people;
}

/** What counts is the rule in force, not the draft. */
async function refuseWithoutLists(
  activities: Pick<ActivityDirectory, 'live'>,
  { accountId, id }: StoredActivity,
): Promise<ActivityRule> {
  const live = (await activities.live(accountId)).find((activity) => activity.id === id);
  if (live?.rule.trigger.batch === true) return live.rule;
  throw conflict('batch-off', 'lists of people draw in published activities whose rule allows it (trigger.batch)');
}

/** The most that so many draws win, whatever else the rule allows. */
function winnableFen(rule: ActivityRule, draws: number): number {
  const largestFen = Math.max(0, ...winnablePrizes(rule).map(largestAmountFen));
  return Math.min(rule.budgetFen, draws * largestFen);
}

async function needsSecond(approvals: Pick<ApprovalStore, 'limits'> | undefined, amountFen: number): Promise<boolean> {
  const aboveFen = (await approvals?.limits())?.batch ?? null;
  return aboveFen !== null && amountFen > aboveFen;
}

async function refuseTooMany(
  batches: Pick<DrawBatchStore, 'countPrepared'>,
  { accountId: account, id: activity }: StoredActivity,
): Promise<void> {
  if ((await batches.countPrepared({ account, activity })) < PREPARED_MAX) return;
  throw conflict('batches-waiting', `${PREPARED_MAX} lists wait for a confirmation: confirm or cancel some`);
}

function conflict(code: string, message: string): WrongRequest {
  return new WrongRequest(code, message, { status: 409 });
}
