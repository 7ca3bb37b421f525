import { beijingDay } from '../base/beijing-day.ts';
import { assert, OutsideTrouble } from '../base/errors.ts';
import type { AccountId, Openid, RequestKey } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import { orderNumber } from '../base/order-number.ts';
import type { ActivityRule } from '../rules/activity-rule.ts';
import { codeSaid } from '../rules/code-shape.ts';
import { CodesInBatch, codesNeeded } from '../rules/codes-in-batch.ts';
import { decide, luckBounds, needsSeed } from '../rules/engine.ts';
import { lateLuck, luckFrom, needsLuck, noLuck } from '../rules/fair-luck.ts';
import type { DrawLuck } from '../rules/luck.ts';
import { NEWCOMER } from '../rules/facts.ts';
import type { ParticipantFacts, Verdict } from '../rules/facts.ts';
import { entryPool } from '../rules/rule-pools.ts';
import { factsNeeded, NO_ORIGINS, PeopleInBatch } from '../rules/person-facts.ts';
import type { DrawOrigin } from '../rules/person-facts.ts';
import type {
  BatchDecision,
  DecidedDraw,
  DrawRequest,
  DrawResult,
  DrawStore,
  LaneFacts,
  LiveActivity,
} from './ports/draws.ts';
import type { Clock, Luck } from './ports/time-and-luck.ts';

export interface DrawBatcherOptions {
  readonly store: DrawStore;
  readonly clock: Clock;
  readonly luck: Luck;
  readonly logger: Logger;
  /** The installation's 1-4 characters at the head of every order number. */
  readonly orderPrefix: string;
  /** Most draws in one transaction. */
  readonly batchMax?: number;
  /** Most draws waiting over all lanes; beyond it a request is not admitted. */
  readonly waitingMax?: number;
  /** How long a draw is tried before it is given up, in ms; below WeChat's 5 s. */
  readonly patienceMs?: number;
  /** When an activity's oldest draw has waited so long, in ms, new ones are not admitted: they would be late. */
  readonly admitMs?: number;
  /** Told after a commit that left something to pay. */
  readonly onAwards?: () => void;
}

/** One person's wish to draw in a live activity. */
export interface DrawInput {
  readonly activity: LiveActivity;
  readonly openid: Openid;
  readonly key: RequestKey;
  /** The mechanic that the way in leads to (`mechanicAt`); `main` unless another is given. */
  readonly start?: string;
  /** The way in, with its word or scene, as the numbers count it: `words/红包`, `page`. */
  readonly way?: string;
  /** What the person gave with it, as a code or a day. */
  readonly said?: string | null;
  /** Where it comes from, where that is known. */
  readonly origin?: DrawOrigin;
  /** Turns the verdict into the reply that is stored with it. */
  readonly render: (text: string, verdict: Verdict) => string;
}

interface Waiting {
  readonly activity: LiveActivity;
  readonly request: DrawRequest;
  readonly result: PromiseWithResolvers<DrawResult>;
}

type ByKey = Map<RequestKey, Waiting>;

/**
 * The draws of one activity: one batch in flight, the rest waiting for the next; both by request key, so that a repeat
 * joins the first instead of drawing beside it. Each batch has a Map of its own: the table that a Map outgrew points to
 * the next one, so that a Map which goes on and on keeps everything that ever was in it from being collected young.
 */
interface Lane {
  waiting: ByKey;
  inFlight: ByKey;
  running: boolean;
}

/**
 * Group commit for draws: what arrives while an activity's last commit is in flight goes into its next transaction,
 * which decides each in order with the pure engine. One lane an activity, so a lock held on one delays no other.
 */
export class DrawBatcher {
  readonly #options: Required<DrawBatcherOptions>;
  readonly #lanes = new Map<string, Lane>();
  #waiting = 0;
  #stopped = false;
  #idle: PromiseWithResolvers<void> | null = null;

  constructor(options: DrawBatcherOptions) {
    this.#options = {
      batchMax: 256,
      waitingMax: 4000,
      patienceMs: 4000,
      admitMs: 1500,
      onAwards: () => {},
      ...options,
    };
  }

  /**
   * Returns what the request ended with, after its commit. The same key always ends the same, also over processes
   * and restarts. Throws OutsideTrouble `busy` when too much waits already, or for too long (nothing was done), `draw-not-decided`
   * when the database did not answer in time (nothing was told; ask again with the same key).
   */
  async draw(input: DrawInput): Promise<DrawResult> {
    const name = laneName(input.activity.accountId, input.activity.id);
    const lane: Lane = this.#lanes.get(name) ?? { waiting: new Map(), inFlight: new Map(), running: false };
    const joined = lane.inFlight.get(input.key) ?? lane.waiting.get(input.key);
    if (joined !== undefined) {
      const result = await joined.result.promise.catch(notDecided);
      // A repeat that met the first at the end of its patience still has its own.
      return result === null ? this.draw(input) : { ...result, fresh: false };
    }
    if (this.#stopped || this.#waiting >= this.#options.waitingMax || this.#isStuck(lane)) {
      throw new OutsideTrouble('busy', 'too many draws are waiting; try again in a moment');
    }
    const waiting = this.#admit(input);
    this.#lanes.set(name, lane);
    lane.waiting.set(input.key, waiting);
    this.#waiting += 1;
    if (!lane.running) void this.#run(name, lane);
    return waiting.result.promise;
  }

  /** Takes no more requests and returns once every admitted one is answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#waiting === 0) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }

  /** The oldest open request is the first one: they are answered in order, and a Map keeps it. */
  #isStuck(lane: Lane): boolean {
    const oldest = firstOf(lane.inFlight) ?? firstOf(lane.waiting);
    if (oldest === undefined) return false;
    return this.#options.clock.nowMs() - oldest.request.atMs >= this.#options.admitMs;
  }

  #admit(input: DrawInput): Waiting {
    const { clock, luck } = this.#options;
    const atMs = clock.nowMs();
    const request: DrawRequest = {
      key: input.key,
      openid: input.openid,
      atMs,
      day: beijingDay(atMs),
      luck: input.activity.fair === undefined ? takeLuck(input.activity.rule, luck) : null,
      awardId: luck.randomId() as DrawRequest['awardId'],
      render: input.render,
      start: input.start,
      way: input.way,
      said: input.said ?? null,
      code: codeOf(input),
      origin: input.origin,
    };
    return { activity: input.activity, request, result: Promise.withResolvers() };
  }

  /** Empties a lane batch by batch. Never throws: every failure ends at the requests it concerns. */
  async #run(name: string, lane: Lane): Promise<void> {
    lane.running = true;
    while (lane.waiting.size > 0) {
      await endOfTurn();
      await this.#commit(lane, takeBatch(lane, this.#options.batchMax));
    }
    lane.running = false;
    this.#lanes.delete(name);
  }

  async #commit(lane: Lane, batch: readonly Waiting[]): Promise<void> {
    const head = batch[0];
    assert(head !== undefined, 'a batch has at least one draw');
    try {
      const results = await this.#runBatch(head.activity, batch);
      const byKey = new Map(results.map((result) => [result.key, result]));
      for (const waiting of batch) {
        const result = byKey.get(waiting.request.key);
        assert(result !== undefined, 'the store answers every request of a batch');
        this.#settle(lane, waiting, () => waiting.result.resolve(result));
      }
      if (results.some((result) => result.fresh && result.won)) this.#options.onAwards();
    } catch (error) {
      await this.#recover(lane, batch, error);
    }
  }

  /** Outside trouble is tried again while patience lasts; any other failure is cut in half until it stands alone. */
  async #recover(lane: Lane, batch: readonly Waiting[], error: unknown): Promise<void> {
    const { clock, patienceMs, logger } = this.#options;
    const head = batch[0];
    assert(head !== undefined, 'a batch has at least one draw');
    const fields = { activity: head.activity.id, draws: batch.length, error: String(error) };
    if (error instanceof OutsideTrouble && clock.nowMs() - head.request.atMs < patienceMs) {
      logger.warn(fields, 'draw-batch-tried-again');
      await clock.sleep(25);
      return this.#commit(lane, batch);
    }
    if (!(error instanceof OutsideTrouble) && batch.length > 1) {
      logger.warn(fields, 'draw-batch-halved');
      const middle = Math.ceil(batch.length / 2);
      await this.#commit(lane, batch.slice(0, middle));
      return this.#commit(lane, batch.slice(middle));
    }
    logger.error(fields, 'draw-failed');
    const failure =
      error instanceof OutsideTrouble
        ? new OutsideTrouble('draw-not-decided', 'the draw could not be decided in time; try again', { cause: error })
        : error;
    for (const waiting of batch) this.#settle(lane, waiting, () => waiting.result.reject(failure));
  }

  async #runBatch(activity: LiveActivity, batch: readonly Waiting[]): Promise<readonly DrawResult[]> {
    const requests = batch.map((waiting) => waiting.request);
    const { accountId: account, rule } = activity;
    const lane = { account, activity, needed: factsNeeded(rule.who), codes: codesNeeded(rule) };
    return this.#options.store.runBatch(lane, requests, (facts, fresh) =>
      decideInOrder(activity, facts, fresh, this.#options.orderPrefix),
    );
  }

  #settle(lane: Lane, waiting: Waiting, tell: () => void): void {
    lane.inFlight.delete(waiting.request.key);
    this.#waiting -= 1;
    tell();
    if (this.#waiting === 0) this.#idle?.resolve();
  }
}

/** Returns null for a draw that was given up. Throws anything else again. */
function notDecided(error: unknown): null {
  if (error instanceof OutsideTrouble && error.code === 'draw-not-decided') return null;
  throw error;
}

/** Decides a batch's new requests one after the other, each on the facts the one before left behind. */
export function decideInOrder(
  activity: LiveActivity,
  facts: LaneFacts,
  fresh: readonly DrawRequest[],
  orderPrefix: string,
): BatchDecision {
  const participants = new Map<Openid, ParticipantFacts>();
  const loaded = { people: facts.people ?? new Map(), byOrigin: facts.origins ?? NO_ORIGINS };
  const people = new PeopleInBatch(activity.accountId, loaded);
  const codes = new CodesInBatch(facts.codes ?? undefined);
  const { must, shadow } = activity.rule.who;
  const asked = must !== null || shadow !== null;
  // Worth no cash, and yet handed out by WeChat Pay.
  const coupons = new Set(activity.rule.prizes.flatMap(({ kind, id }) => (kind === 'coupon' ? [id] : [])));
  const luckOf = luckOfDraws(activity);
  let counters = facts.activity;
  const draws: DecidedDraw[] = [];
  for (const request of fresh) {
    const person = participants.get(request.openid) ?? facts.participants.get(request.openid) ?? NEWCOMER;
    const { atMs, day, start, openid } = request;
    const luck = request.luck ?? luckOf(openid, person.draws + 1);
    const asker = { openid, origin: request.origin ?? null, atMs };
    const asking = asked ? people.factsOf(asker) : undefined;
    const said = { said: request.said, code: codes.saidBy(openid, request.code ?? null), vouchers: codes.vouchers };
    const base = { rule: activity.rule, activity: counters, person, atMs, day, luck, start };
    const decision = decide({ ...base, ...said, asking });
    counters = decision.activity;
    const { verdict, marks } = decision;
    codes.left(openid, marks);
    // A refusal may leave something to remember, too.
    if (decision.person !== person) participants.set(openid, decision.person);
    if (verdict.outcome !== 'refused') people.drew(asker, verdict.outcome === 'won');
    const paid = verdict.outcome === 'won' && (verdict.amountFen > 0 || coupons.has(verdict.prizeId));
    draws.push({
      request,
      verdict,
      reply: request.render(verdict.text, verdict),
      orderNumber: paid ? orderNumber(request.awardId, orderPrefix) : null,
      marks,
      place: counters.draws,
    });
  }
  return { draws, activity: counters, participants };
}

/** The code that somebody gave, where the rule takes any. */
function codeOf({ activity: { rule, codeShape = null }, said = null }: DrawInput): string | null {
  if (said === null || entryPool(rule) === null) return null;
  const words = rule.trigger.words.filter(({ match }) => match === 'prefix').map(({ word }) => word);
  return codeSaid(said, words, codeShape);
}

/**
 * Returns the luck of anybody's n-th draw. It follows from the activity's seed, and its number is only known under the
 * lock: nothing that a client sends or a process chooses is part of it, and a batch that is tried again decides alike.
 */
function luckOfDraws({ rule, fair }: LiveActivity): (openid: Openid, number: number) => DrawLuck {
  const none = noLuck(rule);
  if (!needsLuck(rule)) return () => none;
  return (openid, number) => {
    assert(fair !== undefined, 'a draw without luck of its own is one of an activity with a seed');
    return lateLuck(() => luckFrom(rule, fair.bitsOf(fair.personOf(openid), number)));
  };
}

/** Takes all the chance that a draw by this rule can need. */
export function takeLuck(rule: ActivityRule, luck: Luck): DrawLuck {
  const tickets = luckBounds(rule).map((bound) => (bound === 0 ? 0 : luck.below(bound)));
  return { tickets, seed: needsSeed(rule) ? luck.randomId() : '' };
}

function firstOf(waiting: ByKey): Waiting | undefined {
  for (const first of waiting.values()) return first;
  return undefined;
}

/** Takes the longest head of the queue that one transaction can decide: one rule version, one Beijing day. */
function takeBatch(lane: Lane, most: number): readonly Waiting[] {
  const queue = [...lane.waiting.values()];
  const head = queue[0];
  let count = 0;
  while (count < queue.length && count < most) {
    const next = queue[count];
    if (next?.activity.version !== head?.activity.version || next?.request.day !== head?.request.day) break;
    count += 1;
  }
  if (count === queue.length) {
    lane.inFlight = lane.waiting;
    lane.waiting = new Map();
    return queue;
  }
  const batch = queue.slice(0, count);
  lane.inFlight = byKey(batch);
  lane.waiting = byKey(queue.slice(count));
  return batch;
}

function byKey(waiting: readonly Waiting[]): ByKey {
  return new Map(waiting.map((each) => [each.request.key, each]));
}

/**
 * Resolves when every socket that had something to read was read. Without it the first of 50 who come at once would
 * have a commit for itself and the other 49 wait for it.
 */
function endOfTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function laneName(account: AccountId, activity: string): string {
  return `${account}/${activity}`;
}
