import { cleanText } from '../base/clean-text.ts';
import { WrongRequest } from '../base/errors.ts';
import { fen } from '../base/fen.ts';
import type { Fen } from '../base/fen.ts';
import type { Logger } from '../base/logger.ts';
import type { Page, PageRequest } from './ports/console-reads.ts';
import type { Operator } from './ports/operators.ts';
import { REISSUE_MAX } from './ports/reissues.ts';
import type {
  Reissue,
  ReissueCandidate,
  ReissueItem,
  ReissueSelection,
  ReissueState,
  ReissueStore,
} from './ports/reissues.ts';
import type { Clock, Luck } from './ports/time-and-luck.ts';

const SHOWN_MAX = 100;
const WAITING_MAX = 200;
const TEXT_CHARACTERS_MAX = 500;

/** A re-issue with every number it is about. */
export interface ReissueWithItems extends Reissue {
  readonly items: readonly ReissueItem[];
}

/** What a selection would issue again. `payouts` above REISSUE_MAX says that it is too large for one request. */
export interface ReissuePreview {
  /** The first hundred. */
  readonly candidates: readonly ReissueCandidate[];
  readonly payouts: number;
  readonly amountFen: Fen;
}

/** New numbers for awards whose old ones are proved unpaid: one person asks, another decides. */
export interface ReissuePayouts {
  /** Throws WrongRequest `selection-faulty` (400). */
  preview(selection: ReissueSelection): Promise<ReissuePreview>;
  /** Throws WrongRequest `selection-faulty` (400), `reissue-empty` or `reissue-too-large` (both 409). */
  request(operator: Operator, selection: ReissueSelection, why: string): Promise<Reissue>;
  /**
   * Decides once. What an approval did not finish, because the process or the database went away, it finishes when it
   * is given again. Throws WrongRequest `reissue-not-found` (404), `reissue-decided` (409), `reissue-own` (403: a
   * requester may only withdraw his own, and only he may).
   */
  decide(operator: Operator, id: string, decision: Exclude<ReissueState, 'requested'>): Promise<ReissueWithItems>;
  /** The latest first. */
  list(page: PageRequest): Promise<Page<Reissue>>;
  /** Those that nobody decided on, the oldest first, at most 200. */
  waiting(): Promise<readonly Reissue[]>;
  /** Throws WrongRequest `reissue-not-found` (404). */
  find(id: string): Promise<ReissueWithItems>;
}

/** Builds the flow over where re-issues are kept. `orderPrefix` begins every order number of this installation. */
export function createReissuePayouts(options: {
  readonly reissues: ReissueStore;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
  readonly orderPrefix: string;
}): ReissuePayouts {
  const { reissues, clock, luck, logger, orderPrefix } = options;
  return {
    preview: async (selection) => previewOf(await reissues.candidates(readSelection(selection), REISSUE_MAX + 1)),
    request: async (operator, given, why) => {
      const selection = readSelection(given);
      const words = readText('why', why);
      const id = luck.randomId();
      const made = await reissues.request({
        id,
        selection,
        why: words,
        operatorId: operator.id,
        nowMs: clock.nowMs(),
      });
      const { payouts, amountFen } = made;
      logger.info({ operator: operator.id, reissue: id, selection, payouts, amountFen }, 'reissue-requested');
      return made;
    },
    decide: async (operator, id, decision) => {
      const decided = await reissues.decide(
        { id, decision, operatorId: operator.id, nowMs: clock.nowMs(), orderPrefix },
        (reissue) => refuseOwn(reissue, operator, decision),
      );
      const issued = decided.items.filter((item) => item.newOrderNumber !== null).length;
      const leftOut = decided.items.length - issued;
      logger.info({ operator: operator.id, reissue: id, decision, issued, leftOut }, 'reissue-decided');
      return decided;
    },
    list: (page) => reissues.list(page),
    waiting: () => reissues.waiting(WAITING_MAX),
    find: async (id) => {
      const found = await reissues.find(id);
      if (found === undefined)
        throw new WrongRequest('reissue-not-found', 'there is no such re-issue', { status: 404 });
      return found;
    },
  };
}

function previewOf(candidates: readonly ReissueCandidate[]): ReissuePreview {
  return {
    candidates: candidates.slice(0, SHOWN_MAX),
    payouts: candidates.length,
    amountFen: fen(candidates.reduce((sum, candidate) => sum + candidate.amountFen, 0)),
  };
}

/** Two people for every new number: nobody approves or refuses what he asked for, nobody withdraws another's. */
function refuseOwn(reissue: Reissue, operator: Operator, decision: Exclude<ReissueState, 'requested'>): void {
  const own = reissue.requestedBy === operator.id;
  if (own === (decision === 'withdrawn')) return;
  const message = own
    ? 'another person must decide on what you asked for; you may withdraw it'
    : 'only the person who asked for it may withdraw it; you may refuse it';
  throw new WrongRequest('reissue-own', message, { status: 403 });
}

function readSelection(given: ReissueSelection): ReissueSelection {
  const faults = [
    ...(given.merchantId === '' ? [{ path: 'merchantId', message: 'a merchant is needed' }] : []),
    ...momentFaults('fromMs', given.fromMs),
    ...momentFaults('untilMs', given.untilMs),
    ...(given.untilMs <= given.fromMs ? [{ path: 'untilMs', message: 'the end must come after the start' }] : []),
    ...((given.reason?.length ?? 0) > TEXT_CHARACTERS_MAX
      ? [{ path: 'reason', message: `at most ${TEXT_CHARACTERS_MAX} characters` }]
      : []),
  ];
  if (faults.length > 0) throw selectionFaulty(faults);
  const reason = cleanText(given.reason ?? '').trim();
  const { merchantId, fromMs, untilMs, activityId, rail = null } = given;
  const by = rail === null ? {} : { rail };
  return { merchantId, fromMs, untilMs, reason: reason === '' ? null : reason, activityId, ...by };
}

// The year 9999: later than this a time has no four-digit year, and the database would read it as another one.
const MOMENT_MS_MAX = 253_402_300_799_999;

function momentFaults(path: string, atMs: number): readonly { path: string; message: string }[] {
  const allowed = Number.isSafeInteger(atMs) && atMs >= 0 && atMs <= MOMENT_MS_MAX;
  return allowed ? [] : [{ path, message: 'a time is needed: Unix milliseconds' }];
}

function readText(path: string, given: string): string {
  const text = cleanText(given).trim();
  if (text !== '' && text.length <= TEXT_CHARACTERS_MAX) return text;
  throw selectionFaulty([{ path, message: `1 to ${TEXT_CHARACTERS_MAX} characters are needed` }]);
}

function selectionFaulty(faults: readonly { path: string; message: string }[]): WrongRequest {
  const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new WrongRequest('selection-faulty', `this cannot be issued again: ${list}`, { faults });
}
