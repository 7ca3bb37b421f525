import { OutsideTrouble, WrongRequest } from '../base/errors.ts';
import { shortOpenid } from '../base/logger.ts';
import type { Logger } from '../base/logger.ts';
import type { LateReplies } from '../flows/chat/late-replies.ts';
import { BUSY_TEXT } from '../flows/chat/receive-message.ts';
import type { Account, AccountDirectory } from '../flows/ports/accounts.ts';
import type { MessageDoor, MessageOutcome, OpenedMessage, ReceiveMessage } from '../flows/ports/messages.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import { mayBeTurnedAway } from './admissions.ts';
import type { Admissions } from './admissions.ts';
import { accountNamed, deliveryQuery } from './callback-request.ts';
import type { RunningDeliveries } from './running-deliveries.ts';

/** WeChat hangs up after 5 s; what is later is lost. */
const ANSWER_DEADLINE_MS = 4500;
/** From the deadline on a delivery that is left to lapse is kept open so long, so that WeChat hangs up first. */
const LAPSE_MS = 1500;

export interface AnswerDeliveryDependencies {
  readonly accounts: Pick<AccountDirectory, 'account'>;
  readonly door: Pick<MessageDoor, 'open'>;
  readonly receiveMessage: ReceiveMessage;
  readonly late: Pick<LateReplies, 'lapsed'>;
  readonly admissions: Admissions;
  readonly running: RunningDeliveries;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
  /** 4500 unless told; for tests. */
  readonly answerDeadlineMs?: number;
}

/** A delivery as it comes in, before anything of it is known to be genuine. */
export interface ArrivingDelivery {
  readonly requestId: string;
  /** By performance.now(). */
  readonly arrivedAtMs: number;
  /** What the address names. */
  readonly accountName: string;
  readonly query: string;
  readonly readBody: () => Promise<Buffer>;
}

export interface DeliveryAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** Why it was refused. */
  readonly code?: string;
  /** Told "busy": one of very many. */
  readonly turnedAway?: true;
}

/** What tells WeChat that there is nothing to say and nothing to send again. Never sealed. */
const NOTHING_TO_SAY: DeliveryAnswer = { status: 200, type: 'text/plain; charset=utf-8', body: 'success' };

/** A delivery that proved genuine. */
interface Delivery {
  readonly requestId: string;
  readonly account: Account;
  readonly opened: OpenedMessage;
}

/**
 * Answers deliveries. A message that is genuine gets a valid reply or `success` within 4.5 s, since an error text or a page
 * shows the follower a fault notice. One that is not settled by then is left to lapse, because its repeat gets the stored
 * reply; only the last delivery is always answered. The function returns null for what is to lapse; work that is late goes on.
 */
export function createAnswerDelivery(
  dependencies: AnswerDeliveryDependencies,
): (arriving: ArrivingDelivery) => Promise<DeliveryAnswer | null> {
  return (arriving) => inTime(arriving, dependencies);
}

async function inTime(
  arriving: ArrivingDelivery,
  dependencies: AnswerDeliveryDependencies,
): Promise<DeliveryAnswer | null> {
  const waitedMs = performance.now() - arriving.arrivedAtMs;
  const deadlineMs = Math.max(0, (dependencies.answerDeadlineMs ?? ANSWER_DEADLINE_MS) - waitedMs);
  const deadline = after(deadlineMs);
  let lapse: Delay | null = null;
  try {
    const opening = open(arriving, dependencies);
    const opened = await Promise.race([opening, deadline.passed]);
    // Nobody knows yet who it is from, so nothing can be promised.
    if (opened === null) {
      void opening.then((late) => 'status' in late || dependencies.running.leave());
      return NOTHING_TO_SAY;
    }
    if ('status' in opened) return opened;
    const settled = settle(opened, dependencies);
    const outcome = await Promise.race([settled, deadline.passed]);
    if (outcome !== null && outcome.kind !== 'undecided') return answerOf(opened, outcome);
    if (!opened.opened.mayReply) return NOTHING_TO_SAY;
    const last = (await dependencies.late.lapsed(opened.account, opened.opened.message, settled)) === 'last';
    if (last) return outcome === null || outcome.xml === '' ? NOTHING_TO_SAY : sealed(opened, outcome.xml);
    lapse = after(deadlineMs + LAPSE_MS - deadline.passedMs());
    const late = outcome === null ? await Promise.race([settled, lapse.passed]) : await lapse.passed;
    return late === null || late.kind === 'undecided' ? null : answerOf(opened, late);
  } finally {
    deadline.stop();
    lapse?.stop();
  }
}

/**
 * Opens a delivery, or returns what it is answered with instead: why it is refused, or that too many wrote. Trouble
 * while nobody knows whose it is ends in `success`.
 */
async function open(
  { requestId, accountName, query, readBody }: ArrivingDelivery,
  dependencies: AnswerDeliveryDependencies,
): Promise<Delivery | DeliveryAnswer> {
  const { accounts, door, clock, logger } = dependencies;
  // As it was when the request was begun: how long it waited for that is part of it.
  const full = dependencies.running.isFull();
  try {
    const account = await accountNamed(accountName, accounts);
    const body = await readBody();
    const opened = door.open({ account, query: deliveryQuery(query), body, nowMs: clock.nowMs() });
    return await admit({ requestId, account, opened }, full, dependencies);
  } catch (error) {
    if (error instanceof WrongRequest) return refusal(error);
    logFailure(requestId, error, logger);
    return NOTHING_TO_SAY;
  }
}

/** Lets a delivery in, which then has to leave, or turns it away: as was settled for its message when it first came. */
async function admit(
  delivery: Delivery,
  full: boolean,
  { admissions, running }: AnswerDeliveryDependencies,
): Promise<Delivery | DeliveryAnswer> {
  const { account, opened } = delivery;
  const asked = full && mayBeTurnedAway(opened) ? 'turned-away' : 'let-in';
  if (asked === 'let-in') running.enter();
  let settled: typeof asked | null = null;
  try {
    settled = await admissions.settle(account, opened, asked);
  } finally {
    if (asked === 'let-in' && settled !== 'let-in') running.leave();
  }
  if (settled === 'let-in') {
    if (asked !== 'let-in') running.enter();
    return delivery;
  }
  running.noteTurnedAway();
  return { ...sealed(delivery, opened.renderReply(BUSY_TEXT)), turnedAway: true };
}

/** Carries the message out. From here on it is genuine: nothing may come out as a refusal, whatever the flow throws. */
async function settle(
  { requestId, account, opened }: Delivery,
  { receiveMessage, logger, running }: AnswerDeliveryDependencies,
): Promise<MessageOutcome> {
  const { message, mayReply } = opened;
  try {
    return await receiveMessage({
      account,
      message,
      mayReply,
      renderReply: (answer) => opened.renderReply(answer),
    });
  } catch (error) {
    if (error instanceof WrongRequest) {
      const fields = { account: account.id, openid: shortOpenid(message.fromUser), code: error.code };
      logger.warn(fields, 'message-refused-by-flow');
    } else logFailure(requestId, error, logger);
    return { kind: 'nothing' };
  } finally {
    running.leave();
  }
}

function logFailure(requestId: string, error: unknown, logger: Logger): void {
  const level = error instanceof OutsideTrouble ? 'warn' : 'error';
  logger[level]({ requestId, error: error instanceof Error ? error.stack : String(error) }, 'message-failed');
}

function answerOf(delivery: Delivery, outcome: Exclude<MessageOutcome, { kind: 'undecided' }>): DeliveryAnswer {
  if (outcome.kind === 'nothing' || !delivery.opened.mayReply) return NOTHING_TO_SAY;
  return sealed(delivery, outcome.xml);
}

function sealed({ opened }: Delivery, xml: string): DeliveryAnswer {
  return { status: 200, type: 'application/xml; charset=utf-8', body: opened.seal(xml) };
}

function refusal({ status, code, message }: WrongRequest): DeliveryAnswer {
  return { status, type: 'text/plain; charset=utf-8', body: `${code}: ${message}`, code };
}

/** A time that passes: `passed` resolves with null after it, unless it is stopped before. */
interface Delay {
  readonly passed: Promise<null>;
  passedMs(): number;
  stop(): void;
}

function after(delayMs: number): Delay {
  const startedMs = performance.now();
  const { promise, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), delayMs);
  return { passed: promise, passedMs: () => performance.now() - startedMs, stop: () => clearTimeout(timer) };
}
