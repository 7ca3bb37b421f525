import { addDays, beijingDay, startOfBeijingDayMs } from '../base/beijing-day.ts';
import { payoutEvidence } from './payout-evidence.ts';
import type { PayoutEvidence } from './payout-evidence.ts';
import { PACKAGE_SENDS_MAX, PEOPLE_REFUSED_TO_STOP, policyOf } from './payout-policy.ts';
import type { PayoutTimes, RefusalPolicy } from './payout-policy.ts';
import type { Attempt, PayoutFacts, PayoutState, SendOutcome } from './ports/payouts.ts';

/** Where a payout stands by its attempts, and the one call that comes next; null when it rests. */
export interface PayoutJudgement {
  readonly state: PayoutState;
  readonly next: { readonly call: 'send' | 'query'; readonly atMs: number } | null;
  readonly reason: string | null;
  /** Why nothing of this merchant can be paid, if the last answer said so. */
  readonly stopMerchant: string | null;
}

interface Bench {
  readonly facts: PayoutFacts;
  readonly evidence: PayoutEvidence;
  readonly times: PayoutTimes;
  readonly nowMs: number;
}

/** A transfer that nobody confirms closes after so long (https://pay.weixin.qq.com/doc/v3/merchant/4013778940). */
const COLLECTABLE_MS = 24 * 3_600_000;

type Refused = Extract<SendOutcome, { kind: 'refused' }>;

/**
 * Judges a payout by all its attempts. Pure, and indifferent to the order in which answers were written down but for
 * the times they carry. In this order: an end that a query showed, a proof of payment (whichever attempt brought it,
 * however late), then the last attempt. A refusal therefore counts only while no later attempt has begun.
 */
export function judgePayout(facts: PayoutFacts, nowMs: number, times: PayoutTimes): PayoutJudgement {
  const judgement = judgeWhatCanBeAsked(facts, nowMs, times);
  const { outcome, kind } = facts.attempts.at(-1) ?? {};
  // A query shows a broken certificate or key as well as a send does.
  if (kind !== 'query' || outcome?.kind !== 'unknown' || !stopsMerchant(outcome)) return judgement;
  return { ...judgement, stopMerchant: said(outcome) };
}

/** About a coupon nothing can be asked: where a question would follow, a person has to look. */
function judgeWhatCanBeAsked(facts: PayoutFacts, nowMs: number, times: PayoutTimes): PayoutJudgement {
  const judgement = judge(facts, nowMs, times);
  if (facts.rail !== 'coupon' || judgement.next?.call !== 'query') return judgement;
  const again = orderedAgain({ facts, evidence: payoutEvidence(facts.attempts, facts.rail), times, nowMs });
  if (again?.next?.call === 'send') return again;
  return rest('parked', `${judgement.reason ?? 'no clear answer'}; WeChat Pay answers no question about coupons`);
}

function judge(facts: PayoutFacts, nowMs: number, times: PayoutTimes): PayoutJudgement {
  // Two ends cannot both be true; the one that was booked stays.
  if (facts.state === 'received' || facts.state === 'returned') return rest(facts.state, null);
  const evidence = payoutEvidence(facts.attempts, facts.rail);
  const bench: Bench = { facts, evidence, times, nowMs };
  if (evidence.end !== null) return rest(evidence.end.state, evidence.end.reason);
  if (facts.rail !== 'coupon' && mustAsk(facts)) return askFirst(bench);
  if (evidence.paidAtMs !== null) return settle(bench, evidence.paidAtMs);
  const { last } = evidence;
  if (last === null) return { state: 'waiting', next: { call: 'send', atMs: 0 }, reason: null, stopMerchant: null };
  return last.kind === 'query' ? afterQuery(bench, last) : afterSend(bench, last);
}

/** Paid and not ended: only queries are left, once the person can collect what is a transfer. */
function settle(bench: Bench, paidAtMs: number): PayoutJudgement {
  const forPackage = askForPackage(bench, paidAtMs);
  if (forPackage !== null) return forPackage;
  const { facts, evidence, times } = bench;
  const planned = scheduled(evidence, times, paidAtMs, times.settleAtMs);
  const { last } = evidence;
  const answer = last?.kind === 'query' ? last : null;
  const sooner =
    answer === null
      ? null
      : answer.outcome?.kind === 'found'
        ? returningAt(answer, facts, times)
        : retryAt(evidence, times);
  const atMs = earliest(planned, sooner);
  if (atMs === null) return rest('parked', 'paid, but WeChat Pay did not say within 29 days what became of it');
  return waitFor('sent', 'query', atMs, null);
}

/** Whether someone wants to know what WeChat Pay has before anything more is sent, and nobody knows yet. */
function mustAsk({ askFromMs, attempts }: PayoutFacts): boolean {
  if (askFromMs === undefined || askFromMs === null) return false;
  return !attempts.some(
    ({ kind, startedAtMs, outcome }) =>
      kind === 'query' && startedAtMs >= askFromMs && (outcome?.kind === 'found' || outcome?.kind === 'not-found'),
  );
}

function askFirst(bench: Bench): PayoutJudgement {
  const { facts, evidence, times } = bench;
  const reason = 'what WeChat Pay knows of it is asked first';
  const { last } = evidence;
  const failed = last?.kind === 'query' && last.startedAtMs >= (facts.askFromMs ?? 0) ? last : null;
  // Even a first question is not asked at once after another call about the same number.
  const firstMs = last === null ? 0 : endOf(last) + entry(times.resendAfterMs, 1);
  const atMs = failed === null ? firstMs : endOf(failed) + entry(times.queryAgainAfterMs, evidence.failedQueriesInARow);
  const lastMs = (evidence.firstSendMs ?? facts.askFromMs ?? 0) + times.queryWithinMs;
  if (atMs > lastMs) return rest('parked', 'queries bring no answer, and WeChat Pay soon forgets the number');
  const state = evidence.paidAtMs !== null ? 'sent' : evidence.lastSend === null ? 'waiting' : 'unknown';
  return waitFor(state, 'query', atMs, reason);
}

/**
 * Only the answer to a send brings what the person takes a transfer or a mini-program packet with, and a query may have shown the transfer
 * before that answer was known, or without it ever coming: the same request then brings it again. Null when it is
 * here, no longer needed, or asked for in vain too often.
 */
function askForPackage({ facts, evidence, times, nowMs }: Bench, paidAtMs: number): PayoutJudgement | null {
  const { last, lastSend, collectable, sendsSincePaid } = evidence;
  if ((facts.rail !== 'transfer' && facts.rail !== 'mini-packet') || (facts.cancelAtMs ?? null) !== null) return null;
  if (collectable || last === null || sendsSincePaid >= PACKAGE_SENDS_MAX) return null;
  const atMs = Math.max(endOf(last), endOf(lastSend ?? last)) + entry(times.resendAfterMs, sendsSincePaid);
  if (Math.max(atMs, nowMs) > paidAtMs + COLLECTABLE_MS) return null;
  return waitFor('sent', 'send', atMs, 'what the person takes it with is asked for again');
}

/** While it comes back, or was ordered to, it is looked at more often than the plan says. */
function returningAt(query: Attempt, facts: PayoutFacts, times: PayoutTimes): number | null {
  const returning = query.outcome?.kind === 'found' && query.outcome.status === 'RFUND_ING';
  return returning || (facts.cancelAtMs ?? null) !== null ? endOf(query) + times.returningAfterMs : null;
}

function afterSend(bench: Bench, send: Attempt): PayoutJudgement {
  const { outcome } = send;
  if (outcome?.kind === 'refused') return afterRefusal(bench, send, outcome);
  const reason = outcome?.kind === 'unknown' ? said(outcome) : 'no answer yet';
  if (outcome?.kind === 'unknown' && outcome.code === 'PROCESSING') return watch(bench, endOf(send), reason);
  const delayMs = entry(bench.times.resendAfterMs, bench.evidence.unclearInARow);
  if (outcome?.kind !== 'unknown') return sendAgain(bench, 'unknown', endOf(send) + delayMs, reason);
  // With certificate and key understood elsewhere the fault is this packet's own: asking is all that is left to do.
  if (outcome.credentials === 'work') return prove(bench, endOf(send), reason);
  const again = sendAgain(bench, 'unknown', endOf(send) + delayMs, reason);
  return { ...again, stopMerchant: stopsMerchant(outcome) ? reason : null };
}

/**
 * A fault of communication (return_code FAIL) leaves it open whether money moved, but one that names a cause only an
 * operator can end, such as a wrong signature, would come back with every other packet.
 */
function stopsMerchant(outcome: Extract<SendOutcome, { kind: 'unknown' }>): boolean {
  const policy = policyOf(outcome.code);
  return policy === 'stop-merchant' || (policy === 'credentials' && outcome.credentials === 'fail');
}

function afterRefusal(bench: Bench, send: Attempt, refused: Refused): PayoutJudgement {
  const { evidence, times } = bench;
  const reason = said(refused);
  const state = evidence.doubt ? 'unknown' : 'waiting';
  const atMs = endOf(send);
  switch (effectOf(refused)) {
    case 'again-soon':
      return sendAgain(bench, state, atMs + entry(times.rateLimitedAfterMs, evidence.rateLimitedInARow), reason);
    case 'next-day':
      return sendAgain(bench, state, nextDay(atMs) + times.nextDayAfterMs, reason);
    case 'try-again':
      return sendAgain(bench, state, atMs + entry(times.resendAfterMs, 1), reason);
    case 'stop-merchant':
      return { ...sendAgain(bench, state, atMs + entry(times.resendAfterMs, 1), reason), stopMerchant: reason };
    case 'prove':
      return prove(bench, atMs, reason);
    case 'park':
      // Of a transfer, an answer that refuses the request says nothing about the number.
      if (evidence.doubt || bench.facts.rail === 'transfer') return prove(bench, atMs, reason);
      return orderedAgain(bench) ?? rest('parked', reason);
  }
}

/** What a refusal leads to here, with what was seen around it taken into account. */
function effectOf(refused: Refused): Exclude<RefusalPolicy, 'credentials' | 'risk'> | 'try-again' {
  const policy = policyOf(refused.code);
  switch (policy) {
    case 'credentials':
      if (refused.credentials === 'work') return 'park';
      return refused.credentials === 'fail' ? 'stop-merchant' : 'try-again';
    case 'risk':
      return (refused.peopleRefused ?? 0) >= PEOPLE_REFUSED_TO_STOP ? 'stop-merchant' : 'park';
    case undefined:
      // A code that an older build wrote and this one does not know: a person must look.
      return 'park';
    default:
      return policy;
  }
}

/** The same request again because a person ordered it after all that is known; null when nobody did. */
function orderedAgain(bench: Bench): PayoutJudgement | null {
  const { facts, evidence } = bench;
  const orderedAtMs = facts.retryAtMs ?? null;
  if (orderedAtMs === null || evidence.last === null || orderedAtMs <= endOf(evidence.last)) return null;
  return sendAgain(
    bench,
    evidence.doubt ? 'unknown' : 'waiting',
    orderedAtMs,
    'an operator ordered it to be sent again',
  );
}

function afterQuery(bench: Bench, query: Attempt): PayoutJudgement {
  const { evidence, times, nowMs } = bench;
  const send = evidence.lastSend;
  const reason = send?.outcome && 'code' in send.outcome ? said(send.outcome) : 'no clear answer yet';
  const outcome = query.outcome;
  if (outcome?.kind === 'found') {
    return watch(
      bench,
      evidence.heldSinceMs ?? endOf(query),
      outcome.reason === '' ? outcome.status : `${outcome.status}: ${outcome.reason}`,
    );
  }
  if (outcome?.kind === 'not-found') {
    // Asked about before it was ever sent, as after a restored backup.
    if (send === null) return waitFor('waiting', 'send', endOf(query), null);
    if (send.outcome?.kind === 'refused' && endsNumber(send.outcome)) {
      // With every send refused, WeChat's not knowing the number is the proof asked for. A send that may have paid can
      // stay unknown to the query for a while, so then it is asked for days before a person is.
      if (evidence.doubt) return watch(bench, endOf(send), reason);
      return orderedAgain(bench) ?? rest('parked', reason);
    }
    const atMs = endOf(query) + entry(times.resendAfterMs, 1);
    if (Math.max(atMs, nowMs) <= lastSendAt(evidence, times)) return waitFor('unknown', 'send', atMs, reason);
    return rest('parked', `not known to WeChat Pay and too old to be sent again (${reason})`);
  }
  const atMs = retryAt(evidence, times);
  return atMs === null
    ? rest('parked', `queries bring no answer (${reason})`)
    : waitFor('unknown', 'query', atMs, reason);
}

function endsNumber(refused: Refused): boolean {
  const effect = effectOf(refused);
  return effect === 'prove' || effect === 'park';
}

/** WeChat holds it and has not sent it: only ask, until it is sent or FAILED. */
function watch({ evidence, times }: Bench, sinceMs: number, reason: string): PayoutJudgement {
  const planned = scheduled(evidence, times, sinceMs, times.watchAtMs);
  if (planned === null) return rest('parked', `neither sent nor failed for days (${reason})`);
  return waitFor('unknown', 'query', planned, reason);
}

function prove({ times }: Bench, sinceMs: number, reason: string): PayoutJudgement {
  return waitFor('unknown', 'query', sinceMs + entry(times.resendAfterMs, 1), reason);
}

/** The same request again, or once it is too old for that, a query. */
function sendAgain(
  { evidence, times, nowMs }: Bench,
  state: PayoutState,
  atMs: number,
  reason: string,
): PayoutJudgement {
  const inTime = Math.max(atMs, nowMs) <= lastSendAt(evidence, times);
  return inTime ? waitFor(state, 'send', atMs, reason) : waitFor('unknown', 'query', atMs, reason);
}

function lastSendAt(evidence: PayoutEvidence, times: PayoutTimes): number {
  return (evidence.firstSendMs ?? 0) + times.resendWithinMs;
}

/** The first time of the plan that no query has served yet, none beyond what WeChat answers for. */
function scheduled(
  evidence: PayoutEvidence,
  times: PayoutTimes,
  sinceMs: number,
  plan: readonly number[],
): number | null {
  const servedMs = evidence.lastQueryMs ?? -Infinity;
  const lastMs = (evidence.firstSendMs ?? sinceMs) + times.queryWithinMs;
  const planned = plan.map((offsetMs) => Math.min(sinceMs + offsetMs, lastMs));
  const next = planned.find((atMs) => atMs > servedMs);
  if (next === undefined) return null;
  // A call that took long may have passed the plan's next time: the same number is never asked about at once again.
  return evidence.last === null ? next : Math.max(next, endOf(evidence.last) + entry(times.resendAfterMs, 1));
}

/** When to ask again after queries that brought nothing. */
function retryAt(evidence: PayoutEvidence, times: PayoutTimes): number | null {
  const { last } = evidence;
  if (last?.kind !== 'query' || last.outcome?.kind === 'found' || last.outcome?.kind === 'not-found') return null;
  const atMs = endOf(last) + entry(times.queryAgainAfterMs, evidence.failedQueriesInARow);
  return atMs > (evidence.firstSendMs ?? last.startedAtMs) + times.queryWithinMs ? null : atMs;
}

function earliest(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.min(left, right);
}

/** The n-th of a growing list, whose last entry repeats; n counts from 1. */
function entry(list: readonly number[], count: number): number {
  return list[Math.min(Math.max(count, 1), list.length) - 1] ?? 0;
}

function nextDay(atMs: number): number {
  return startOfBeijingDayMs(addDays(beijingDay(atMs), 1));
}

function endOf(attempt: Attempt): number {
  return attempt.answeredAtMs ?? attempt.startedAtMs;
}

function said(outcome: { readonly code: string; readonly message: string }): string {
  return outcome.message === '' ? outcome.code : `${outcome.code}: ${outcome.message}`;
}

function rest(state: PayoutState, reason: string | null): PayoutJudgement {
  return { state, next: null, reason, stopMerchant: null };
}

function waitFor(state: PayoutState, call: 'send' | 'query', atMs: number, reason: string | null): PayoutJudgement {
  return { state, next: { call, atMs }, reason, stopMerchant: null };
}
