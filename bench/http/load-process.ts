import { percentile } from '../measure.ts';
import { LoadConnection } from './load-connection.ts';
import type { LoadPlan, LoadResult, LoadSecond } from './load-plan.ts';
import { pushMessage } from './push-message.ts';

// Load from a process of its own, over plain sockets: started by fork, it takes a plan a message and answers with what
// came of it.

const BUSY = Buffer.from('现在参与的人太多').toString('latin1');
const TOO_FAST = Buffer.from('发得太快').toString('latin1');
/** How long an answer that is still out at the end is waited for. */
const LAST_ANSWERS_MS = 6000;
const TICK_MS = 4;
const OPENED_AT_ONCE = 100;

/** Of this process's life, so that no token comes twice. */
let tokens = 0;

/** One run: what is open, what is due, what came. */
class Run {
  readonly #plan: LoadPlan;
  readonly #latenciesMs: number[] = [];
  readonly #free: LoadConnection[] = [];
  readonly #all = new Set<LoadConnection>();
  readonly #seconds: { sent: number; answered: number; busy: number; slowestMs: number }[] = [];
  #counts = { busy: 0, wrong: 0, broken: 0, unsent: 0, asked: 0 };
  #slowestMs = 0;
  #slowestBusyMs = 0;
  #example = '';
  #startedMs = 0;
  #settledMs = 0;
  /** Of all, and of those that came between the start and the end. */
  #answered = 0;
  #cameInTime = 0;
  #over = false;

  constructor(plan: LoadPlan) {
    this.#plan = plan;
  }

  async play(): Promise<LoadResult> {
    const { connections, durationMs, perSecond } = this.#plan;
    // No more at once than wait to be accepted.
    for (let from = 0; from < connections; from += OPENED_AT_ONCE) {
      const count = Math.min(OPENED_AT_ONCE, connections - from);
      await Promise.all(Array.from({ length: count }, (_, index) => this.#open(from + index)));
    }
    const before = process.cpuUsage();
    this.#startedMs = performance.now();
    this.#settledMs = this.#startedMs + (this.#plan.settleMs ?? 0);
    if (perSecond === null) for (const connection of this.#free.splice(0)) this.#ask(connection);
    else await this.#keepPace(perSecond);
    const left = durationMs - (performance.now() - this.#startedMs);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, left)));
    this.#over = true;
    const measuredMs = performance.now() - this.#settledMs;
    const cameASecond = (this.#cameInTime / measuredMs) * 1000;
    await this.#lastAnswers();
    const { user, system } = process.cpuUsage(before);
    for (const connection of this.#all) connection.end();
    return this.#result({ perSecond: cameASecond, cpuMicros: user + system });
  }

  #result(run: { readonly perSecond: number; readonly cpuMicros: number }): LoadResult {
    const { busy, wrong, broken, unsent } = this.#counts;
    return {
      ...run,
      answered: this.#answered,
      busy,
      wrong,
      broken,
      unsent,
      p50Ms: percentile(this.#latenciesMs, 0.5),
      p99Ms: percentile(this.#latenciesMs, 0.99),
      slowestMs: this.#slowestMs,
      slowestBusyMs: this.#slowestBusyMs,
      seconds: this.#seconds as readonly LoadSecond[],
      example: this.#example,
    };
  }

  async #open(index: number): Promise<void> {
    const { ports } = this.#plan;
    const connection = new LoadConnection(ports[index % ports.length] ?? 0, {
      answer: (one, answer, tookMs) => this.#take(one, answer, tookMs),
      broken: (one) => {
        this.#counts.broken += 1;
        this.#all.delete(one);
      },
    });
    this.#all.add(connection);
    await connection.open;
    this.#free.push(connection);
  }

  #ask(connection: LoadConnection): void {
    this.#counts.asked += 1;
    this.#second().sent += 1;
    connection.send(this.#request());
  }

  #request(): Buffer {
    const { ask } = this.#plan;
    if (ask.kind === 'messages') return pushMessage(ask.account, ask.safe, ask.followers);
    if (ask.kind === 'page') return Buffer.from(`GET ${ask.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    tokens += 1;
    const token = `${tokens}`.padStart(16, '0') + `${process.pid}`.padStart(16, '0');
    const cookie = ask.cookies[tokens % ask.cookies.length] ?? '';
    const body = `{"token":"${token}"}`;
    const head = `POST /api/a/${ask.slug}/draw HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${cookie}\r\nContent-Type: application/json\r\nSec-Fetch-Site: same-origin\r\nContent-Length: ${body.length}\r\n\r\n`;
    return Buffer.from(head + body);
  }

  #take(connection: LoadConnection, answer: string, tookMs: number): void {
    this.#answered += 1;
    const nowMs = performance.now();
    if (!this.#over && nowMs >= this.#settledMs) this.#cameInTime += 1;
    if (nowMs - tookMs >= this.#settledMs) this.#latenciesMs.push(tookMs);
    this.#slowestMs = Math.max(this.#slowestMs, tookMs);
    const second = this.#second();
    second.answered += 1;
    second.slowestMs = Math.max(second.slowestMs, tookMs);
    if (answer.includes(BUSY)) {
      this.#counts.busy += 1;
      second.busy += 1;
      this.#slowestBusyMs = Math.max(this.#slowestBusyMs, tookMs);
    } else if (!answer.startsWith('HTTP/1.1 200') || answer.includes(TOO_FAST) || answer.endsWith('success')) {
      this.#counts.wrong += 1;
      if (this.#example === '') this.#example = answer.slice(0, 600);
    }
    if (this.#plan.perSecond === null && !this.#over) this.#ask(connection);
    else this.#free.push(connection);
  }

  async #keepPace(perSecond: number): Promise<void> {
    const { durationMs } = this.#plan;
    let due = 0;
    let done = 0;
    for (let passedMs = 0; passedMs < durationMs; passedMs = performance.now() - this.#startedMs) {
      due = (passedMs / 1000) * perSecond;
      for (; done < due; done += 1) {
        const connection = this.#free.shift();
        if (connection === undefined) this.#counts.unsent += 1;
        else this.#ask(connection);
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  }

  #second(): { sent: number; answered: number; busy: number; slowestMs: number } {
    const index = Math.floor((performance.now() - this.#startedMs) / 1000);
    return (this.#seconds[index] ??= { sent: 0, answered: 0, busy: 0, slowestMs: 0 });
  }

  async #lastAnswers(): Promise<void> {
    const endMs = performance.now() + LAST_ANSWERS_MS;
    while ([...this.#all].some(({ busy }) => busy) && performance.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
  }
}

process.on('message', (plan: LoadPlan) => void new Run(plan).play().then((result) => process.send?.(result)));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
