import { OutsideTrouble } from '../../base/errors.ts';
import type { Openid, RequestKey } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { cdata } from '../../base/xml.ts';
import type { Verdict } from '../../rules/facts.ts';
import type { DrawBatcher } from '../draw-batcher.ts';
import type { AccountDirectory } from '../ports/accounts.ts';
import type { ActivityDirectory, LiveActivity } from '../ports/draws.ts';
import type { LateReplyStore } from '../ports/late-replies.ts';
import type { DuePayment, OrderQuery, PaymentDraw, PaymentProgress, PaymentStore } from '../ports/payments.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { confirmPayment } from './confirm-payment.ts';
import { accountsOf } from './merchant-accounts.ts';
import { planDraws } from './plan-draws.ts';

export interface DrawPaymentsOptions {
  readonly payments: PaymentStore;
  readonly orders: OrderQuery;
  readonly accounts: AccountDirectory;
  readonly activities: Pick<ActivityDirectory, 'live'>;
  readonly batcher: Pick<DrawBatcher, 'draw'>;
  readonly late: Pick<LateReplyStore, 'owe'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Goes on with payments: confirms what was forwarded, draws, tells winners, waits for payers who are not known yet. */
export interface DrawPayments {
  /** Goes on with a few that are due and returns how many. Throws OutsideTrouble when the database cannot answer. */
  drawDue(signal?: AbortSignal): Promise<number>;
  /** Removes what was settled long ago; its draws stay. */
  forgetOld(): Promise<void>;
}

const TAKEN_MAX = 16;
const AT_ONCE = 8;
// Longer than an order query and a batch of draws may take together, twice over.
const LEASE_MS = 60_000;
const PAUSE_FIRST_MS = 2000;
const PAUSE_MAX_MS = 600_000;
/** With the pauses above about four hours. */
const TRIES_MAX = 30;
const PARKED_FIRST_MS = 30_000;
const PARKED_MAX_MS = 3_600_000;
const PARKED_FOR_MS = 30 * 24 * 3_600_000;
const KEPT_MS = 400 * 24 * 3_600_000;

/**
 * Builds the story. A payment draws once in each activity, because the draw's key is made from the activity and the
 * transaction: whoever dies in between leaves the rest to the next one, who finds what was drawn.
 */
export function createDrawPayments(options: DrawPaymentsOptions): DrawPayments {
  const { payments, clock, logger } = options;

  async function goOn(due: DuePayment, signal: AbortSignal | undefined): Promise<void> {
    try {
      const progress =
        due.state === 'confirming' ? await confirmPayment(options, due, signal) : await drawAll(options, due);
      if (progress !== null) await payments.putBack(due, progress, clock.nowMs());
    } catch (error) {
      await tryAgain(due, error);
    }
  }

  /** Trouble outside is tried again while tries last; a bug of ours as well, but it is told as one. */
  async function tryAgain(due: DuePayment, error: unknown): Promise<void> {
    const outside = error instanceof OutsideTrouble;
    const fields = { merchant: due.merchant, transactionId: due.transactionId, tries: due.tries, error: String(error) };
    logger[outside ? 'warn' : 'error'](fields, 'payment-not-drawn');
    const reason = outside ? error.code : 'our-fault';
    await payments.putBack(due, againOrFailed(due, reason, clock.nowMs()), clock.nowMs());
  }

  return {
    async drawDue(signal) {
      const due = await payments.takeDue({ nowMs: clock.nowMs(), leaseMs: LEASE_MS, most: TAKEN_MAX });
      for (let from = 0; from < due.length; from += AT_ONCE)
        await Promise.all(due.slice(from, from + AT_ONCE).map((one) => goOn(one, signal)));
      return due.length;
    },
    forgetOld: () => payments.forget(clock.nowMs() - KEPT_MS),
  };
}

/** Puts a payment back to be tried again later, or as failed when it was tried often enough. */
export function againOrFailed(due: DuePayment, reason: string, nowMs: number): PaymentProgress {
  const { draws, tries, state } = due;
  // One that waits for its payer was tried often already, and not in vain.
  if (tries >= TRIES_MAX && state !== 'parked') return { state: 'failed', reason, draws, dueAtMs: null, cameOn: false };
  const pauseMs = Math.min(PAUSE_FIRST_MS * 2 ** Math.min(tries - 1, 20), PAUSE_MAX_MS);
  return { state, reason, draws, dueAtMs: nowMs + pauseMs, cameOn: false };
}

async function drawAll(options: DrawPaymentsOptions, due: DuePayment): Promise<PaymentProgress> {
  const { accounts, activities, clock } = options;
  const { openid, amountFen, paidAtMs, refundedFen } = due;
  const ends = (reason: string | null, draws: readonly PaymentDraw[]): PaymentProgress => ({
    state: 'settled',
    reason,
    draws,
    dueAtMs: null,
    cameOn: true,
  });
  if (openid === null || amountFen === null || paidAtMs === null) return ends('person-erased', due.draws);
  if (due.draws.length === 0 && refundedFen >= amountFen) return ends('refunded-before', []);
  const family = await accountsOf(accounts, due.merchant);
  const live = (await Promise.all(family.map(({ id }) => activities.live(id)))).flat();
  const paid = { amountFen: amountFen - refundedFen, paidAtMs };
  const planned = due.draws.length > 0 ? due.draws : planDraws(paid, live);
  if (planned.length === 0) return ends('no-activity', []);
  const draws: PaymentDraw[] = [];
  for (const draw of planned) draws.push(await drawOne(options, { ...due, openid, paidAtMs }, { draw, live }));
  if (!draws.some(({ state }) => state === 'unknown')) {
    const drew = draws.some(({ state }) => state !== 'skipped');
    return ends(drew ? null : (draws.find(({ why }) => why !== null)?.why ?? null), draws);
  }
  const nowMs = clock.nowMs();
  if (nowMs - due.receivedAtMs > PARKED_FOR_MS) return ends('payer-unknown', draws);
  const pauseMs = Math.min(PARKED_FIRST_MS * 2 ** Math.min(due.tries - 1, 20), PARKED_MAX_MS);
  return { state: 'parked', reason: 'payer-unknown', draws, dueAtMs: nowMs + pauseMs, cameOn: due.state === 'drawing' };
}

/** Draws in one activity, or says why not; what came to its end stays as it is. */
async function drawOne(
  options: DrawPaymentsOptions,
  due: DuePayment & { readonly openid: Openid; readonly paidAtMs: number },
  { draw, live }: { readonly draw: PaymentDraw; readonly live: readonly LiveActivity[] },
): Promise<PaymentDraw> {
  if (draw.leadsTo === null || (draw.state !== 'due' && draw.state !== 'unknown')) return draw;
  const activity = live.find(({ accountId, id }) => accountId === draw.account && id === draw.activity);
  if (activity === undefined) return { ...draw, state: 'skipped', why: 'not-live-any-more' };
  const payer = { account: due.account, openid: due.openid };
  const person = draw.account === due.account ? due.openid : await options.payments.personUnder(payer, draw.account);
  if (person === undefined) return { ...draw, state: 'unknown', why: 'payer-unknown' };
  const key = drawKey(draw, due.transactionId);
  let verdict: Verdict | null = null;
  const render = (text: string, decided: Verdict): string => {
    verdict = decided;
    return toldXml(text);
  };
  const { won } = await options.batcher.draw({
    activity,
    openid: person,
    key,
    start: draw.leadsTo,
    way: 'payment',
    render,
  });
  // A payment lets a service account write to its payer for 48 hours
  // (https://developers.weixin.qq.com/doc/service/guide/product/message/Custom_Message.html), as a message does.
  if (won) {
    const owed = { account: draw.account, key, openid: person, trigger: 'message', askedAtMs: due.paidAtMs } as const;
    await options.late.owe(owed, options.clock.nowMs());
  }
  return { ...draw, ...endOf(won, verdict) };
}

/** `verdict` is null where it was decided before, by somebody who died: then the draw itself tells why. */
function endOf(won: boolean, verdict: Verdict | null): Pick<PaymentDraw, 'state' | 'why'> {
  if (won) return { state: 'won', why: null };
  if (verdict === null || verdict.outcome === 'won') return { state: 'lost', why: null };
  return { state: verdict.outcome, why: String(verdict.why) };
}

/** What makes a payment one draw of an activity, for ever. */
export function drawKey(draw: Pick<PaymentDraw, 'activity'>, transactionId: string): RequestKey {
  return `t:${draw.activity}:${transactionId}` as RequestKey;
}

/** In the form of a reply, because late replies are told from there. */
function toldXml(text: string): string {
  return `<xml><MsgType>${cdata('text')}</MsgType><Content>${cdata(text)}</Content></xml>`;
}
