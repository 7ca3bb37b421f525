import { beijingDay } from '../../base/beijing-day.ts';
import { assert, OutsideTrouble } from '../../base/errors.ts';
import { fen } from '../../base/fen.ts';
import type { AwardId, Openid, RequestKey } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { orderNumber } from '../../base/order-number.ts';
import type { ActivityFacts, ParticipantFacts } from '../../rules/facts.ts';
import { NEWCOMER } from '../../rules/facts.ts';
import type { BatchDecision, DecidedDraw, DrawRequest, DrawStore, LaneFacts, LiveActivity } from '../ports/draws.ts';
import type { DueIssue, IssueBatchStore } from '../ports/issue-batches.ts';
import type { Clock, Luck } from '../ports/time-and-luck.ts';
import { ISSUE_PRIZE } from './issue-rule.ts';

export interface RunIssues {
  /** Gives the next lines of the batch that is due first their awards; false when none is. Throws OutsideTrouble. */
  round(): Promise<boolean>;
  /** Removes batches that nobody confirmed within a week, and lines half a year after their batch ended. */
  forgetOld(): Promise<void>;
}

const CHUNK_LINES = 200;
/** A chunk is what so long a time allows, so that a slow batch is not sent in bursts. */
const CHUNK_MS = 5000;
const LEASE_MS = 60_000;
const UNCONFIRMED_MS = 7 * 86_400_000;
const ENDED_MS = 180 * 86_400_000;
const FORGET_STEPS_MAX = 50;

type Line = Awaited<ReturnType<IssueBatchStore['nextLines']>>[number];

interface RunParts {
  readonly issues: Pick<
    IssueBatchStore,
    'claim' | 'activity' | 'nextLines' | 'advance' | 'putBack' | 'move' | 'forget'
  >;
  readonly draws: Pick<DrawStore, 'runBatch'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
  readonly orderPrefix: string;
}

/**
 * Returns what gives the lines of confirmed batches their awards, a chunk at a time and no faster than the batch allows. Each line
 * has its award, payout and book entry in one transaction, under a key made of batch and line: a chunk that is gone through
 * again after a crash repeats nothing, and one that was cut off loses nothing.
 */
export function createRunIssues(parts: RunParts): RunIssues {
  const { issues, clock, logger } = parts;

  async function work(due: DueIssue): Promise<void> {
    const lines = await issues.nextLines(due, due.issuedThrough, chunkOf(due.linesPerMinute));
    const last = lines.at(-1);
    if (last === undefined) {
      await issues.move(due, { from: ['running'], to: 'finished', nowMs: clock.nowMs() });
      return logger.info({ issue: due.id, activity: due.activity }, 'issue-finished');
    }
    const activity = await issues.activity(due);
    assert(activity !== undefined, 'a running batch has its activity');
    const beganMs = clock.nowMs();
    await giveAwards(parts, { due, activity, lines });
    const amountFen = lines.reduce((sum, line) => sum + line.amountFen, 0);
    await issues.advance(due, { through: last.line, lines: lines.length, amountFen });
    await issues.putBack(due, beganMs + Math.ceil((lines.length * 60_000) / due.linesPerMinute), null);
  }

  return {
    async round() {
      const due = await issues.claim(clock.nowMs(), LEASE_MS);
      if (due === undefined) return false;
      try {
        await work(due);
      } catch (error) {
        const reason = error instanceof OutsideTrouble ? error.code : 'see the log';
        await issues.putBack(due, clock.nowMs() + LEASE_MS, reason);
        throw error;
      }
      return true;
    },
    async forgetOld() {
      const nowMs = clock.nowMs();
      const before = { unconfirmedMs: nowMs - UNCONFIRMED_MS, endedMs: nowMs - ENDED_MS };
      for (let step = 0; step < FORGET_STEPS_MAX; step += 1) {
        if (!(await issues.forget(before))) return;
      }
    },
  };
}

/** A line's request key for ever. */
export function issueRequestKey(batch: string, line: number): RequestKey {
  return `i:${batch}:${line}` as RequestKey;
}

function chunkOf(linesPerMinute: number): number {
  return Math.max(1, Math.min(CHUNK_LINES, Math.floor((linesPerMinute * CHUNK_MS) / 60_000)));
}

async function giveAwards(
  { draws, clock, luck, orderPrefix }: RunParts,
  { due, activity, lines }: { due: DueIssue; activity: LiveActivity; lines: readonly Line[] },
): Promise<void> {
  const atMs = clock.nowMs();
  const day = beijingDay(atMs);
  const amounts = new Map(lines.map(({ line, amountFen }) => [issueRequestKey(due.id, line), amountFen]));
  const requests = lines.map(({ line, openid }): DrawRequest => ({
    key: issueRequestKey(due.id, line),
    openid,
    atMs,
    day,
    luck: { tickets: [], seed: '' },
    awardId: luck.randomId() as AwardId,
    render: (text) => text,
  }));
  await draws.runBatch({ account: due.account, activity, payoutClass: 'batch' }, requests, (facts, fresh) =>
    decideLines(facts, fresh, { amounts, orderPrefix }),
  );
}

/** Every line wins what its file says: nothing is drawn, so there is nothing to decide but sums. */
function decideLines(
  facts: LaneFacts,
  fresh: readonly DrawRequest[],
  given: { readonly amounts: ReadonlyMap<RequestKey, number>; readonly orderPrefix: string },
): BatchDecision {
  const participants = new Map<Openid, ParticipantFacts>();
  let activity = facts.activity;
  const draws = fresh.map((request): DecidedDraw => {
    const amountFen = given.amounts.get(request.key) ?? 0;
    assert(amountFen > 0, 'every line that is issued has an amount');
    const person = participants.get(request.openid) ?? facts.participants.get(request.openid) ?? NEWCOMER;
    participants.set(request.openid, personAfter(person, request, amountFen));
    activity = activityAfter(activity, amountFen);
    const trace = [{ check: 'issued', passed: true, seen: request.key, limit: null }];
    return {
      request,
      verdict: { outcome: 'won', prizeId: ISSUE_PRIZE, amountFen: fen(amountFen), ticket: null, text: '', trace },
      reply: '',
      orderNumber: orderNumber(request.awardId, given.orderPrefix),
      marks: [],
      place: activity.draws,
    };
  });
  return { draws, activity, participants };
}

function activityAfter(activity: ActivityFacts, amountFen: number): ActivityFacts {
  const drawn = new Map(activity.drawn).set(ISSUE_PRIZE, (activity.drawn.get(ISSUE_PRIZE) ?? 0) + 1);
  const given = fen((activity.givenFen.get(ISSUE_PRIZE) ?? 0) + amountFen);
  return {
    ...activity,
    draws: activity.draws + 1,
    wins: activity.wins + 1,
    winsToday: activity.winsToday + 1,
    spentFen: fen(activity.spentFen + amountFen),
    wonTodayFen: fen(activity.wonTodayFen + amountFen),
    drawn,
    givenFen: new Map(activity.givenFen).set(ISSUE_PRIZE, given),
  };
}

function personAfter(person: ParticipantFacts, { day, atMs }: DrawRequest, amountFen: number): ParticipantFacts {
  const today = person.day === day;
  return {
    ...person,
    draws: person.draws + 1,
    day,
    drawsToday: (today ? person.drawsToday : 0) + 1,
    wins: person.wins + 1,
    winsToday: (today ? person.winsToday : 0) + 1,
    spentFen: fen(person.spentFen + amountFen),
    lastDrawAtMs: atMs,
  };
}
