import type { Fen } from '../base/fen.ts';
import { policyOf } from './payout-policy.ts';
import type { Attempt, QueryOutcome, RequestRail } from './ports/payouts.ts';

/** What a payout's attempts prove together. Times are Unix ms. */
export interface PayoutEvidence {
  /** How it ended, by a query's word. */
  readonly end: PayoutEnd | null;
  /** The first proof that WeChat paid; null while there is none, or while a later FAILED denies it. */
  readonly paidAtMs: number | null;
  /** Since when WeChat holds it without having sent it, as far as told since the last send. */
  readonly heldSinceMs: number | null;
  readonly firstSendMs: number | null;
  readonly lastQueryMs: number | null;
  readonly last: Attempt | null;
  readonly lastSend: Attempt | null;
  /** Whether a send other than the last may have paid: it has no clear answer, or has it too late to count. */
  readonly doubt: boolean;
  /** Sends without a clear answer since the last clear one. */
  readonly unclearInARow: number;
  readonly rateLimitedInARow: number;
  readonly failedQueriesInARow: number;
  /** Whether an answer brought what the person confirms a transfer with, or the person has used it. */
  readonly collectable: boolean;
  /** Sends begun since the first proof of payment: of a transfer, to ask for what the person confirms it with. */
  readonly sendsSincePaid: number;
}

/** `parts` where people have some of it and the rest came back. */
export interface PayoutEnd {
  readonly state: 'received' | 'returned' | 'dead';
  readonly reason: string | null;
  readonly parts?: { readonly deliveredFen: Fen; readonly returnedFen: Fen };
}

type Found = Extract<QueryOutcome, { kind: 'found' }>;

/** Takes a payout's attempts, lowest number first, and returns what they prove together. A coupon is had once it is given. */
export function payoutEvidence(attempts: readonly Attempt[], rail?: RequestRail): PayoutEvidence {
  const sends = attempts.filter((attempt) => attempt.kind === 'send');
  const queries = attempts.filter((attempt) => attempt.kind === 'query');
  const lastSend = sends.at(-1) ?? null;
  const failed = latest(found(attempts, 'FAILED'));
  const paidAtMs = firstPaid(attempts, deniedUntilMs(failed));
  return {
    end:
      rail === 'coupon' && paidAtMs !== null ? { state: 'received', reason: null } : ending(attempts, paidAtMs, failed),
    paidAtMs,
    heldSinceMs: heldSince(attempts, lastSend),
    firstSendMs: sends[0]?.startedAtMs ?? null,
    lastQueryMs: queries.at(-1)?.startedAtMs ?? null,
    last: attempts.at(-1) ?? null,
    lastSend,
    doubt: sends.slice(0, -1).some((send) => !refusedInTime(send, attempts)),
    unclearInARow: trailing(sends, (send) => !refusedInTime(send, attempts) && !isProcessing(send)),
    rateLimitedInARow: trailing(sends, isRateLimited),
    failedQueriesInARow: trailing(queries, (query) => query.outcome === null || query.outcome.kind === 'unknown'),
    collectable: attempts.some(bringsPackage),
    sendsSincePaid: paidAtMs === null ? 0 : sends.filter((send) => send.startedAtMs >= paidAtMs).length,
  };
}

/** RECEIVED and REFUND end it for good; they exclude each other, and the first told stays. FAILED ends what is unpaid. */
function ending(attempts: readonly Attempt[], paidAtMs: number | null, failed: Attempt | null): PayoutEvidence['end'] {
  const settled = [...found(attempts, 'RECEIVED'), ...found(attempts, 'REFUND')].toSorted(byAnswer)[0];
  if (settled?.outcome?.kind === 'found') return settledEnd(settled.outcome);
  if (failed === null || paidAtMs !== null) return null;
  const reason = failed.outcome?.kind === 'found' ? failed.outcome.reason : '';
  return { state: 'dead', reason: reason === '' ? 'FAILED' : `FAILED: ${reason}` };
}

/** What somebody took a part of was received; the rest of it came back. */
function settledEnd({ status, deliveredFen, returnedFen }: Found): PayoutEnd {
  if (status === 'RECEIVED') return { state: 'received', reason: null };
  if (deliveredFen === undefined) return { state: 'returned', reason: null };
  return { state: 'received', reason: null, parts: { deliveredFen, returnedFen } };
}

/**
 * Until when proofs of payment told do not count because FAILED denies them. A transfer waited for its person before it
 * was cancelled or failed: an older answer that comes late says so and contradicts nothing. A packet never did.
 */
function deniedUntilMs(failed: Attempt | null): number {
  if (failed === null) return -Infinity;
  const isTransfer = failed.outcome?.kind === 'found' && failed.outcome.transferState !== undefined;
  return isTransfer ? Infinity : answeredAt(failed);
}

/** `paid`, or a status that only a paid packet has, told after `afterMs`. */
function firstPaid(attempts: readonly Attempt[], afterMs: number): number | null {
  const proofs = [
    ...attempts.filter((attempt) => attempt.outcome?.kind === 'paid'),
    ...found(attempts, 'SENT'),
    ...found(attempts, 'RFUND_ING'),
  ].filter((attempt) => answeredAt(attempt) > afterMs);
  return proofs.length === 0 ? null : Math.min(...proofs.map(answeredAt));
}

/** An answer to a send that does not bring it says that the person has confirmed: it is not needed any more. */
function bringsPackage({ outcome }: Attempt): boolean {
  if (outcome?.kind === 'paid') return true;
  return outcome?.kind === 'found' && (outcome.transferState === 'TRANSFERING' || outcome.status === 'RFUND_ING');
}

function heldSince(attempts: readonly Attempt[], lastSend: Attempt | null): number | null {
  const sinceNumber = lastSend?.number ?? 0;
  const signs = attempts
    .filter((attempt) => attempt.number >= sinceNumber)
    .filter((attempt) => isProcessing(attempt) || statusOf(attempt) === 'SENDING');
  return signs.length === 0 ? null : Math.min(...signs.map(answeredAt));
}

/** A refusal is clear only if it was known before the next attempt began: later it may speak of either. */
function refusedInTime(send: Attempt, attempts: readonly Attempt[]): boolean {
  if (send.outcome?.kind !== 'refused') return false;
  const next = attempts.find((attempt) => attempt.number > send.number);
  return next === undefined || answeredAt(send) <= next.startedAtMs;
}

function isProcessing(attempt: Attempt): boolean {
  return attempt.kind === 'send' && attempt.outcome?.kind === 'unknown' && attempt.outcome.code === 'PROCESSING';
}

function isRateLimited(send: Attempt): boolean {
  const outcome = send.outcome;
  return outcome?.kind === 'refused' && policyOf(outcome.code) === 'again-soon';
}

function found(attempts: readonly Attempt[], status: Found['status']): readonly Attempt[] {
  return attempts.filter((attempt) => statusOf(attempt) === status);
}

function statusOf(attempt: Attempt): Found['status'] | null {
  return attempt.outcome?.kind === 'found' ? attempt.outcome.status : null;
}

function latest(attempts: readonly Attempt[]): Attempt | null {
  return attempts.toSorted(byAnswer).at(-1) ?? null;
}

function byAnswer(left: Attempt, right: Attempt): number {
  return answeredAt(left) - answeredAt(right);
}

function answeredAt(attempt: Attempt): number {
  return attempt.answeredAtMs ?? attempt.startedAtMs;
}

function trailing(attempts: readonly Attempt[], matches: (attempt: Attempt) => boolean): number {
  const index = attempts.findLastIndex((attempt) => !matches(attempt));
  return attempts.length - 1 - index;
}
