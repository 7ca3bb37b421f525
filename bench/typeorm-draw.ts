import type { DataSource, EntityManager } from 'typeorm';
import type { MerchantId, Openid, PrizeId } from '../src/base/ids.ts';
import type { BeijingDay } from '../src/base/beijing-day.ts';
import { fen } from '../src/base/fen.ts';
import { orderNumber } from '../src/base/order-number.ts';
import type { DrawRequest, DrawResult, LiveActivity } from '../src/flows/ports/draws.ts';
import { decide } from '../src/rules/engine.ts';
import { noLuck } from '../src/rules/fair-luck.ts';
import type { Decision } from '../src/rules/engine.ts';
import { NEWCOMER } from '../src/rules/facts.ts';
import type { ActivityFacts, ParticipantFacts } from '../src/rules/facts.ts';
import {
  activityCounterEntity,
  activityDayEntity,
  participantEntity,
  prizeCounterEntity,
} from '../src/store/entities/activities.ts';
import type {
  ActivityCounterRow,
  ActivityDayRow,
  ParticipantRow,
  PrizeCounterRow,
} from '../src/store/entities/activities.ts';
import { awardEntity, drawEntity } from '../src/store/entities/draws.ts';
import { bookEntryEntity, payoutEntity } from '../src/store/entities/payouts.ts';

export interface TypeormDrawOptions {
  readonly source: DataSource;
  readonly merchant: MerchantId;
  readonly orderPrefix: string;
}

/** What was read under the lock; today's row and the person's are missing the first time. */
interface Read {
  readonly activity: ActivityFacts;
  readonly person: ParticipantFacts | undefined;
  readonly today: ActivityDayRow | null;
}

/**
 * The usual way, to compare with: one TypeORM transaction a draw, entities, a row lock on the activity's counter. The
 * same tables, the same engine, the same promises. It uses `insert` and `update`, never the slower `save`, and leaves
 * out the hint that wakes payout workers.
 */
export function createTypeormDraw(
  options: TypeormDrawOptions,
): (activity: LiveActivity, request: DrawRequest) => Promise<DrawResult> {
  return (activity, request) =>
    options.source.transaction(async (manager) => {
      const here = { accountId: activity.accountId, activityId: activity.id };
      const counter = await manager.findOneOrFail(activityCounterEntity, {
        where: here,
        lock: { mode: 'pessimistic_write' },
      });
      const answered = await manager.findOneBy(drawEntity, { accountId: here.accountId, requestKey: request.key });
      if (answered !== null) {
        return { key: request.key, reply: answered.reply, won: answered.outcome === 'won', fresh: false };
      }
      const read = await readFacts(manager, counter, request);
      const decision = decide({
        rule: activity.rule,
        activity: read.activity,
        person: read.person ?? NEWCOMER,
        atMs: request.atMs,
        day: request.day,
        luck: request.luck ?? noLuck(activity.rule),
      });
      const reply = request.render(decision.verdict.text, decision.verdict);
      await writeDraw(manager, activity, request, { decision, reply });
      if (decision.verdict.outcome !== 'refused') await writeCounters(manager, here, request, { read, decision });
      if (decision.verdict.outcome === 'won') await writeAward(manager, here, request, { decision, options });
      return { key: request.key, reply, won: decision.verdict.outcome === 'won', fresh: true };
    });
}

async function readFacts(manager: EntityManager, counter: ActivityCounterRow, request: DrawRequest): Promise<Read> {
  const here = { accountId: counter.accountId, activityId: counter.activityId };
  const prizes: PrizeCounterRow[] = await manager.findBy(prizeCounterEntity, here);
  const today = await manager.findOneBy(activityDayEntity, { ...here, day: request.day });
  const person = await manager.findOneBy(participantEntity, { ...here, openid: request.openid });
  return {
    activity: {
      state: counter.open ? 'open' : counter.paused ? 'paused' : 'stopped',
      spentFen: fen(counter.spentFen),
      draws: counter.draws,
      wins: counter.wins,
      day: request.day,
      winsToday: today?.wins ?? 0,
      wonTodayFen: fen(today?.wonFen ?? 0),
      drawn: new Map(prizes.map((prize) => [prize.prizeId as PrizeId, prize.drawn])),
      givenFen: new Map(prizes.map((prize) => [prize.prizeId as PrizeId, fen(prize.spentFen)])),
    },
    person: person === null ? undefined : personFacts(person),
    today,
  };
}

function personFacts(row: ParticipantRow): ParticipantFacts {
  return {
    draws: row.draws,
    day: row.day as BeijingDay | null,
    drawsToday: row.drawsThatDay,
    wins: row.wins,
    winsToday: row.winsThatDay,
    spentFen: fen(row.spentFen),
    misses: row.misses,
    lastDrawAtMs: row.lastDrawAt?.getTime() ?? null,
    checkInDay: row.checkInDay as BeijingDay | null,
    streakDays: row.streakDays,
    checkIns: row.checkIns,
    state: row.state as ParticipantFacts['state'],
  };
}

async function writeDraw(
  manager: EntityManager,
  activity: LiveActivity,
  request: DrawRequest,
  decided: { readonly decision: Decision; readonly reply: string },
): Promise<void> {
  const { verdict } = decided.decision;
  const won = verdict.outcome === 'won';
  await manager.insert(drawEntity, {
    accountId: activity.accountId,
    requestKey: request.key,
    activityId: activity.id,
    ruleVersion: activity.version,
    openid: request.openid,
    outcome: verdict.outcome,
    prizeId: won ? verdict.prizeId : null,
    awardId: won ? request.awardId : null,
    ticket: verdict.ticket,
    reply: decided.reply,
    trace: { why: won ? null : verdict.why, steps: [...verdict.trace] },
    createdAt: new Date(request.atMs),
  });
}

async function writeCounters(
  manager: EntityManager,
  here: { readonly accountId: string; readonly activityId: string },
  request: DrawRequest,
  done: { readonly read: Read; readonly decision: Decision },
): Promise<void> {
  const { activity: after, person, verdict } = done.decision;
  const { draws, wins, spentFen } = after;
  await manager.update(activityCounterEntity, here, { draws, wins, spentFen });
  if (verdict.outcome === 'won') {
    const drawn = after.drawn.get(verdict.prizeId) ?? 0;
    const given = after.givenFen.get(verdict.prizeId) ?? 0;
    await manager.update(prizeCounterEntity, { ...here, prizeId: verdict.prizeId }, { drawn, spentFen: given });
  }
  const { today, activity: before } = done.read;
  const day = { ...here, day: request.day };
  const numbers = {
    draws: (today?.draws ?? 0) + 1,
    wins: after.winsToday,
    spentFen: (today?.spentFen ?? 0) + spentFen - before.spentFen,
    wonFen: after.wonTodayFen,
  };
  if (today === null) await manager.insert(activityDayEntity, { ...day, ...numbers });
  else await manager.update(activityDayEntity, day, numbers);
  await writePerson(manager, { ...here, openid: request.openid }, { before: done.read.person, after: person });
}

async function writePerson(
  manager: EntityManager,
  who: { readonly accountId: string; readonly activityId: string; readonly openid: Openid },
  person: { readonly before: ParticipantFacts | undefined; readonly after: ParticipantFacts },
): Promise<void> {
  const { drawsToday, winsToday, lastDrawAtMs, ...rest } = person.after;
  const lastDrawAt = lastDrawAtMs === null ? null : new Date(lastDrawAtMs);
  const row = { ...rest, drawsThatDay: drawsToday, winsThatDay: winsToday, lastDrawAt };
  if (person.before === undefined) await manager.insert(participantEntity, { ...who, ...row });
  else await manager.update(participantEntity, who, row);
}

async function writeAward(
  manager: EntityManager,
  here: { readonly accountId: string; readonly activityId: string },
  request: DrawRequest,
  { decision: { verdict }, options }: { readonly decision: Decision; readonly options: TypeormDrawOptions },
): Promise<void> {
  if (verdict.outcome !== 'won') return;
  const { openid, awardId } = request;
  const at = new Date(request.atMs);
  const amountFen = verdict.amountFen;
  await manager.insert(awardEntity, {
    ...here,
    id: awardId,
    prizeId: verdict.prizeId,
    openid,
    requestKey: request.key,
    amountFen,
    state: amountFen > 0 ? 'reserved' : 'given',
    createdAt: at,
    updatedAt: at,
  });
  if (amountFen === 0) return;
  await manager.insert(payoutEntity, {
    ...here,
    orderNumber: orderNumber(awardId, options.orderPrefix),
    awardId,
    merchantId: options.merchant,
    openid,
    amountFen,
    state: 'waiting',
    dueAt: at,
    createdAt: at,
    updatedAt: at,
  });
  await manager.insert(bookEntryEntity, {
    ...here,
    merchantId: options.merchant,
    awardId,
    kind: 'award',
    debit: 'reserved',
    credit: 'budget',
    amountFen,
    createdAt: at,
  });
}
