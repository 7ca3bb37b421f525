import { cleanText } from '../../base/clean-text.ts';
import { WrongRequest } from '../../base/errors.ts';
import type { AccountId, ActivityId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { Page, PageRequest } from '../ports/console-reads.ts';
import type {
  IssueBatch,
  IssueBatchStore,
  IssueKey,
  IssueLine,
  IssuePacket,
  IssuePayer,
  IssueState,
} from '../ports/issue-batches.ts';
import type { ActivityStore, Operator } from '../ports/operators.ts';
import type { Clock, Luck } from '../ports/time-and-luck.ts';
import { checkLine } from './check-line.ts';
import type { FileLine } from './check-line.ts';
import { openIssueActivity } from './issue-activity.ts';
import { issueRule } from './issue-rule.ts';

/** Most lines of one file. */
export const ISSUE_LINES_MAX = 1_000_000;
/** Above so much a second person is asked, where nobody set another amount. */
export const APPROVAL_ABOVE_FEN = 100_000;
/** The most one activity's budget may be. */
const TOTAL_FEN_MAX = 10_000_000_000;
const LINES_AT_ONCE = 500;
const DAY_MS = 86_400_000;
/** An approval that was not finished after so long is left to anyone who may give it. */
const UNFINISHED_AFTER_MS = 300_000;

/** What a batch is made of, before its file. */
export interface NewIssue {
  readonly account: AccountId;
  readonly name: string;
  readonly note: string;
  readonly packet: IssuePacket;
  readonly defaultAmountFen: number | null;
  readonly linesPerMinute: number;
}

/** A file as it is read: its lines one by one, and afterwards the hash of its bytes. */
export interface IssueFile {
  readonly name: string;
  readonly lines: AsyncIterable<FileLine>;
  hash(): string;
}

/** A batch with what happens next to it. */
export interface ShownIssue {
  readonly batch: IssueBatch;
  /** Above how much, in fen, a second person is asked. */
  readonly approvalAboveFen: number;
}

/**
 * How operators send packets to a file of people: make a batch, give it its file, look at what was read, confirm it. Above an
 * amount a second person approves. Each throws WrongRequest `issue-not-found` (404) and OutsideTrouble.
 */
export interface OperateIssues {
  /**
   * Throws WrongRequest `account-not-found` (404), `merchant-missing` (409), `rule-faulty` (400, naming what of the packet's
   * texts WeChat Pay would refuse).
   */
  create(operator: Operator, wish: NewIssue): Promise<ShownIssue>;
  /**
   * Reads a batch's file line by line; nothing is sent yet. A second file takes the place of the first. Throws WrongRequest
   * `issue-state` (409), `issue-empty`, `issue-too-long` (400) and what the file's own lines throw; the batch
   * is empty again then.
   */
  readFile(operator: Operator, key: IssueKey, file: IssueFile): Promise<ShownIssue>;
  /** The newest first. */
  list(account: AccountId, page: PageRequest): Promise<Page<ShownIssue>>;
  show(key: IssueKey): Promise<ShownIssue>;
  lines(
    key: IssueKey,
    page: { readonly after: number; readonly most: number; readonly faulty: boolean },
  ): Promise<readonly IssueLine[]>;
  /**
   * Confirms what was shown (`people` and `amountFen`; else `issue-changed`, 409; `issue-empty` or `issue-too-much`, 409, for nothing or too much to send). Sending begins, or a second person is
   * asked where the account's batches of the last 24 hours that nobody approved come to more than the limit with it.
   */
  confirm(
    operator: Operator,
    key: IssueKey,
    seen: { readonly people: number; readonly amountFen: number },
  ): Promise<ShownIssue>;
  /** Approves or refuses. Throws WrongRequest `issue-own` (403) for whoever prepared or confirmed it. */
  decide(operator: Operator, key: IssueKey, approve: boolean): Promise<ShownIssue>;
  /** Throws WrongRequest `issue-state` (409) where the batch stands otherwise. Who has a packet keeps it. */
  turn(operator: Operator, key: IssueKey, to: 'pause' | 'resume' | 'cancel'): Promise<ShownIssue>;
}

const TURNS: Readonly<Record<'pause' | 'resume' | 'cancel', { from: readonly IssueState[]; to: IssueState }>> = {
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  cancel: { from: ['empty', 'prepared', 'asked', 'running', 'paused'], to: 'cancelled' },
};

interface IssueParts {
  readonly issues: IssueBatchStore;
  readonly activities: Pick<ActivityStore, 'create' | 'find' | 'publish' | 'turn'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
}

/** Builds the flow. Every step is logged with who did it. */
export function createOperateIssues(parts: IssueParts): OperateIssues {
  const { issues, clock, luck } = parts;
  const show = shownBy(issues);
  return {
    ...decideIssues(parts),
    show,
    async create(operator, wish) {
      await mustPay(issues, wish.account);
      const name = cleanText(wish.name);
      const oneYuan = { people: 1, amountFen: 100, amountMinFen: 100, amountMaxFen: 100 };
      issueRule({ name, ...oneYuan, packet: wish.packet }, clock.nowMs());
      const ids = { id: luck.randomId(), activity: luck.randomId() as ActivityId };
      const texts = { name, note: cleanText(wish.note) };
      await issues.create({ ...wish, ...ids, ...texts, operator: operator.id, nowMs: clock.nowMs() });
      return tell(parts, operator, await show({ account: wish.account, id: ids.id }), 'issue-made');
    },
    async readFile(operator, key, file) {
      await readInto(parts, await mustFind(issues, key), file);
      return tell(parts, operator, await show(key), 'issue-file-read');
    },
    async list(account, page) {
      const approvalAboveFen = await limitOf(issues);
      const { rows, next } = await issues.list(account, page);
      return { rows: rows.map((batch) => ({ batch, approvalAboveFen })), next };
    },
    async lines(key, page) {
      await mustFind(issues, key);
      return issues.lines(key, page);
    },
  };
}

function decideIssues(parts: IssueParts): Pick<OperateIssues, 'confirm' | 'decide' | 'turn'> {
  const { issues, clock } = parts;
  const show = shownBy(issues);
  const move = async (
    key: IssueKey,
    change: Omit<Parameters<IssueBatchStore['move']>[1], 'nowMs'>,
  ): Promise<ShownIssue> => {
    const moved = await issues.move(key, { ...change, nowMs: clock.nowMs() });
    const shown = await show(key);
    if (!moved) throw standsOtherwise(shown.batch);
    return shown;
  };
  return {
    async confirm(operator, key, seen) {
      const batch = await mustFind(issues, key);
      refuseChanged(batch, seen);
      const alone = await issues.confirmedAloneFen(key.account, clock.nowMs() - DAY_MS);
      const needsSecond = alone + batch.amountFen > (await limitOf(issues));
      if (!needsSecond) await openIssueActivity(parts, batch, operator);
      const to = needsSecond ? 'asked' : 'running';
      return tell(
        parts,
        operator,
        await move(key, { from: ['prepared'], to, confirmedBy: operator.id }),
        `issue-${to}`,
      );
    },
    async decide(operator, key, approve) {
      const batch = await mustFind(issues, key);
      if (approve && (batch.confirmedBy === operator.id || batch.preparedBy === operator.id)) {
        throw new WrongRequest('issue-own', 'whoever prepared or confirmed a batch does not approve it', {
          status: 403,
        });
      }
      if (batch.state !== 'asked') throw standsOtherwise(batch);
      if (approve) await bookApproved(parts, batch, operator);
      const shown = await move(key, { from: ['asked'], to: approve ? 'running' : 'refused', decidedBy: operator.id });
      return tell(parts, operator, shown, approve ? 'issue-approved' : 'issue-refused');
    },
    async turn(operator, key, to) {
      await mustFind(issues, key);
      const shown = await move(key, TURNS[to]);
      return tell(parts, operator, shown, `issue-${shown.batch.state}`);
    },
  };
}

/** Who approves is noted before the budget is booked: whoever says no in the same moment is told that it is too late. */
async function bookApproved(parts: IssueParts, batch: IssueBatch, operator: Operator): Promise<void> {
  const { issues, clock } = parts;
  const nowMs = clock.nowMs();
  const by = { operator: operator.id, nowMs, staleMs: nowMs - UNFINISHED_AFTER_MS };
  if (!(await issues.beginApproval(batch, by))) throw standsOtherwise(await mustFind(issues, batch));
  try {
    await openIssueActivity(parts, batch, operator);
  } catch (error) {
    // What is refused books nothing. After anything else it is not known, and the approval can only be given again.
    if (error instanceof WrongRequest) await issues.giveUpApproval(batch, operator.id);
    throw error;
  }
}

function standsOtherwise({ state, decidedBy }: IssueBatch): WrongRequest {
  if (state !== 'asked' || decidedBy === null) return conflict('issue-state', `the batch is ${state}: reload it`);
  return conflict('issue-state', 'another person approves this batch in the same moment: reload it');
}

function shownBy(issues: Pick<IssueBatchStore, 'find' | 'approvalAboveFen'>) {
  return async (key: IssueKey): Promise<ShownIssue> => ({
    batch: await mustFind(issues, key),
    approvalAboveFen: await limitOf(issues),
  });
}

function tell(
  { logger }: Pick<IssueParts, 'logger'>,
  operator: Operator,
  shown: ShownIssue,
  event: string,
): ShownIssue {
  const { id, people, amountFen, faulty } = shown.batch;
  logger.info({ operator: operator.id, issue: id, people, amountFen, faulty }, event);
  return shown;
}

async function readInto({ issues, clock, logger }: IssueParts, batch: IssueBatch, file: IssueFile): Promise<void> {
  const payer = await mustPay(issues, batch.account);
  const terms = { defaultAmountFen: batch.defaultAmountFen, sceneId: batch.packet.sceneId, limits: payer.limits };
  if (!(await issues.beginReading(batch, { fileName: cleanText(file.name), nowMs: clock.nowMs() }))) {
    throw conflict('issue-state', 'only a batch that was not confirmed takes a file, and one at a time');
  }
  try {
    const lines = await addLines(issues, batch, file.lines, (line) => checkLine(line, terms));
    if (lines === 0) throw new WrongRequest('issue-empty', 'the file has no lines');
    await issues.endReading(batch, { fileHash: file.hash(), lines });
  } catch (error) {
    const reason = error instanceof WrongRequest ? error.message : 'the file could not be read';
    logger.warn({ issue: batch.id, error: String(error) }, 'issue-file-not-read');
    await issues.giveUpReading(batch, reason);
    throw error;
  }
}

async function addLines(
  issues: Pick<IssueBatchStore, 'addLines'>,
  key: IssueKey,
  lines: AsyncIterable<FileLine>,
  check: (line: FileLine) => Parameters<IssueBatchStore['addLines']>[1][number],
): Promise<number> {
  let count = 0;
  let some: ReturnType<typeof check>[] = [];
  for await (const line of lines) {
    count += 1;
    if (count > ISSUE_LINES_MAX) {
      throw new WrongRequest('issue-too-long', `a file has at most ${ISSUE_LINES_MAX} lines: divide it`);
    }
    some.push(check(line));
    if (some.length < LINES_AT_ONCE) continue;
    await issues.addLines(key, some);
    some = [];
  }
  if (some.length > 0) await issues.addLines(key, some);
  return count;
}

function refuseChanged(batch: IssueBatch, seen: { readonly people: number; readonly amountFen: number }): void {
  if (batch.state !== 'prepared') throw conflict('issue-state', `the batch is ${batch.state}: reload it`);
  if (batch.people === 0) throw conflict('issue-empty', 'no line of the file can be paid: see its faults');
  if (batch.amountFen > TOTAL_FEN_MAX) {
    throw conflict('issue-too-much', `a batch comes to at most ${TOTAL_FEN_MAX} fen: divide the file`);
  }
  if (batch.people === seen.people && batch.amountFen === seen.amountFen) return;
  const found = `${batch.people} people would get ${batch.amountFen} fen`;
  throw conflict('issue-changed', `${found}, not ${seen.people} people ${seen.amountFen} fen: reload it`);
}

async function limitOf(issues: Pick<IssueBatchStore, 'approvalAboveFen'>): Promise<number> {
  return (await issues.approvalAboveFen()) ?? APPROVAL_ABOVE_FEN;
}

async function mustFind(issues: Pick<IssueBatchStore, 'find'>, key: IssueKey): Promise<IssueBatch> {
  const batch = await issues.find(key);
  if (batch === undefined) throw new WrongRequest('issue-not-found', 'there is no such batch', { status: 404 });
  return batch;
}

async function mustPay(issues: Pick<IssueBatchStore, 'payer'>, account: AccountId): Promise<IssuePayer> {
  const payer = await issues.payer(account);
  if (payer === undefined) throw new WrongRequest('account-not-found', 'there is no such account', { status: 404 });
  if (payer === null) throw conflict('merchant-missing', 'red packets need a merchant: link one to the account first');
  return payer;
}

function conflict(code: string, message: string): WrongRequest {
  return new WrongRequest(code, message, { status: 409 });
}
