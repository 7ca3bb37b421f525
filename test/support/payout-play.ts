import assert from 'node:assert/strict';
import { fen } from '../../src/base/fen.ts';
import { createPayoutMachine } from '../../src/flows/payout-machine.ts';
import type {
  Attempt,
  PayoutFacts,
  PayoutStep,
  QueryOutcome,
  RailStatus,
  RefusalCode,
  SendOutcome,
} from '../../src/flows/ports/payouts.ts';
import type { TransferState } from '../../src/flows/ports/transfers.ts';

const machine = createPayoutMachine();
/** When a play begins: noon in Beijing. */
export const START = Date.parse('2026-11-21T12:00:00+08:00');
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const paid: SendOutcome = { kind: 'paid', railNumber: '1000' };
export const unknown = (code = 'deadline') => ({ kind: 'unknown', code, message: '' }) as const;
export const refused = (code: RefusalCode): SendOutcome => ({ kind: 'refused', code, message: '原因' });
export const notFound: QueryOutcome = { kind: 'not-found' };
export const found = (status: RailStatus, reason = ''): QueryOutcome => ({
  kind: 'found',
  status,
  reason,
  returnedFen: fen(status === 'REFUND' ? 100 : 0),
  openedAtMs: null,
});

/** What a query shows of a transfer. */
export const transferFound = (status: RailStatus, transferState: TransferState, reason = ''): QueryOutcome => ({
  kind: 'found',
  status,
  reason: `${transferState} ${reason}`.trim(),
  returnedFen: fen(status === 'REFUND' ? 100 : 0),
  openedAtMs: null,
  transferState,
});
export const collectable: SendOutcome = { kind: 'paid', railNumber: '1330', packageInfo: 'package' };

/** Plays calls one after another, each answered a second after it began, and returns the payout as it stands. */
export class Play {
  facts: PayoutFacts = { state: 'waiting', attempts: [] };
  step: PayoutStep | null = null;
  nowMs = START;
  readonly booked: string[] = [];

  /** A payout whose request goes as a transfer. */
  static transfer(): Play {
    const play = new Play();
    play.facts = { ...play.facts, rail: 'transfer' };
    return play;
  }

  /** The same payout as it stands, to be played on otherwise. */
  copy(): Play {
    const play = new Play();
    play.facts = this.facts;
    play.nowMs = this.nowMs;
    return play;
  }

  at(offsetMs: number): this {
    this.nowMs = START + offsetMs;
    return this;
  }

  begin(call: 'send' | 'query'): this {
    this.#take(machine(this.facts, { kind: 'begun', call, atMs: this.nowMs }), [
      ...this.facts.attempts,
      {
        number: this.facts.attempts.length + 1,
        kind: call,
        startedAtMs: this.nowMs,
        answeredAtMs: null,
        outcome: null,
      },
    ]);
    return this;
  }

  answer(outcome: Attempt['outcome'] & object, number = this.facts.attempts.length): this {
    const event = { kind: 'answered', number, atMs: this.nowMs, outcome } as const;
    this.#take(
      machine(this.facts, event),
      this.facts.attempts.map((attempt) =>
        attempt.number === number && (attempt.outcome === null || attempt.outcome.kind === 'unknown')
          ? { ...attempt, answeredAtMs: this.nowMs, outcome }
          : attempt,
      ),
    );
    return this;
  }

  send(outcome: SendOutcome): this {
    return this.begin('send').later(SECOND).answer(outcome);
  }

  query(outcome: QueryOutcome): this {
    return this.begin('query').later(SECOND).answer(outcome);
  }

  later(byMs: number): this {
    this.nowMs += byMs;
    return this;
  }

  /** What comes next and how long after the last event: "send 2s", or "rest". */
  get next(): string {
    const next = this.step?.actions.find((action) => action.kind === 'wait' || action.kind === 'rest');
    return next?.kind === 'wait' ? `${next.call} ${(next.untilMs - this.nowMs) / SECOND}s` : 'rest';
  }

  get stop(): string | null {
    const stop = this.step?.actions.find((action) => action.kind === 'stop-merchant');
    return stop?.kind === 'stop-merchant' ? stop.reason : null;
  }

  claim(): string {
    const action = machine(this.facts, { kind: 'claimed', atMs: this.nowMs }).actions[0];
    return action?.kind === 'call' ? action.call : (action?.kind ?? 'nothing');
  }

  #take(step: PayoutStep, attempts: readonly Attempt[]): void {
    for (const action of step.actions) if (action.kind === 'book') this.booked.push(action.booking);
    this.step = step;
    this.facts = { ...this.facts, state: step.state, attempts };
  }
}

/** Asserts state, next call and award state in one. */
export function stands(play: Play, state: string, next: string, award: string): void {
  assert.deepEqual([play.step?.state, play.next, play.step?.award], [state, next, award]);
}
