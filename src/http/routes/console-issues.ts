import { WrongRequest } from '../../base/errors.ts';
import { accountId } from '../../base/ids.ts';
import type { AccountId } from '../../base/ids.ts';
import type { OperateIssues, ShownIssue } from '../../flows/issues/operate-issues.ts';
import type { IssueKey } from '../../flows/ports/issue-batches.ts';
import type { Operator } from '../../flows/ports/operators.ts';
import { consoleStream } from '../console-stream.ts';
import {
  confirmIssueRequest,
  createIssueRequest,
  decideIssueRequest,
  issueAnswer,
  issueFileQuery,
  issueLinesAnswer,
  issueLinesQuery,
  issuesAnswer,
  turnIssueRequest,
} from '../contract/console-issues.ts';
import type { IssueAnswer } from '../contract/console-issues.ts';
import { issueFileLines } from '../issue-files/issue-file-lines.ts';
import { spoolFile } from '../issue-files/spool-file.ts';
import { textRows } from '../issue-files/text-rows.ts';
import { xlsxRows } from '../issue-files/xlsx-rows.ts';
import { issueFaultsFile, issueReportFile } from '../presenters/issue-file.ts';
import { pageQuery } from '../contract/console-lists.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface IssueRouteDependencies {
  readonly operateIssues: OperateIssues;
}

const BATCH = /^[0-9a-f]{32}$/;
const PLACE = '/accounts/:account/issues';
/** A million lines with amounts and notes. */
const FILE_BYTES_MAX = 150_000_000;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const FILE_TYPES = ['text/csv', 'text/plain', XLSX];

/** Packets for a file of people: made, read, confirmed, approved, followed. */
export function issueRoutes({ operateIssues }: IssueRouteDependencies): readonly ConsoleRoute[] {
  return [...preparingRoutes(operateIssues), ...decidingRoutes(operateIssues), ...readingRoutes(operateIssues)];
}

function preparingRoutes(issues: OperateIssues): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'createIssue',
      method: 'POST',
      path: PLACE,
      access: 'activities.batch',
      summary: 'Make a batch of packets for a file of people; its file comes next',
      body: createIssueRequest,
      answer: issueAnswer,
      handle: async ({ params, operator, body }) =>
        shown(await issues.create(operator, { ...body, account: accountOf(params) })),
    }),
    consoleRoute({
      name: 'readIssueFile',
      method: 'POST',
      path: `${PLACE}/:issue/file`,
      access: 'activities.batch',
      summary:
        'Give a batch its file of up to 1,000,000 lines: openid, amount in yuan, note; txt, csv (UTF-8 or GBK) or xlsx. Every line is checked, nothing is sent',
      query: issueFileQuery,
      file: { types: FILE_TYPES, bytesMax: FILE_BYTES_MAX },
      answer: issueAnswer,
      handle: async ({ params, operator, query: { name }, file }) =>
        shown(await readUpload(issues, operator, { key: keyOf(params), name, file })),
    }),
  ];
}

function decidingRoutes(issues: OperateIssues): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'confirmIssue',
      method: 'POST',
      path: `${PLACE}/:issue/confirm`,
      access: 'activities.batch',
      summary: 'Send the packets of a prepared batch, or ask a second person where it is worth much',
      body: confirmIssueRequest,
      answer: issueAnswer,
      handle: async ({ params, operator, body }) => shown(await issues.confirm(operator, keyOf(params), body)),
    }),
    consoleRoute({
      name: 'decideIssue',
      method: 'POST',
      path: `${PLACE}/:issue/decide`,
      access: 'approvals.decide',
      summary: 'Approve or refuse a batch that somebody else prepared and confirmed',
      body: decideIssueRequest,
      answer: issueAnswer,
      handle: async ({ params, operator, body: { approve } }) =>
        shown(await issues.decide(operator, keyOf(params), approve)),
    }),
    consoleRoute({
      name: 'turnIssue',
      method: 'POST',
      path: `${PLACE}/:issue/turn`,
      access: 'activities.batch',
      summary: 'Pause, resume or cancel a batch; who has an award keeps it',
      body: turnIssueRequest,
      answer: issueAnswer,
      handle: async ({ params, operator, body: { to } }) => shown(await issues.turn(operator, keyOf(params), to)),
    }),
  ];
}

function readingRoutes(issues: OperateIssues): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listIssues',
      method: 'GET',
      path: PLACE,
      access: 'activities.view',
      summary: 'The batches of an account, the newest first',
      query: pageQuery,
      answer: issuesAnswer,
      handle: async ({ params, query: { after, limit } }) => {
        const { rows, next } = await issues.list(accountOf(params), { after: readCursor(after, BATCH), limit });
        return { rows: rows.map(shown), next: writeCursor(next) };
      },
    }),
    consoleRoute({
      name: 'showIssue',
      method: 'GET',
      path: `${PLACE}/:issue`,
      access: 'activities.view',
      summary: 'A batch and how far it is',
      answer: issueAnswer,
      handle: async ({ params }) => shown(await issues.show(keyOf(params))),
    }),
    consoleRoute({
      name: 'listIssueLines',
      method: 'GET',
      path: `${PLACE}/:issue/lines`,
      access: 'people.view',
      summary: 'Lines of a batch and what became of each',
      query: issueLinesQuery,
      answer: issueLinesAnswer,
      handle: async ({ params, query: { after, limit, only } }) => {
        const rows = await issues.lines(keyOf(params), { after, most: limit, faulty: only === 'faulty' });
        return { rows: [...rows], next: rows.length < limit ? null : (rows.at(-1)?.line ?? null) };
      },
    }),
    consoleRoute({
      name: 'downloadIssueFaults',
      method: 'GET',
      path: `${PLACE}/:issue/faults.csv`,
      access: 'people.view',
      summary: 'The faulty lines of a batch as CSV',
      answer: consoleStream,
      handle: async ({ params }) => fileOf(issues, keyOf(params), 'faults'),
    }),
    consoleRoute({
      name: 'downloadIssueReport',
      method: 'GET',
      path: `${PLACE}/:issue/report.csv`,
      access: 'people.view',
      summary: 'Every line of a batch and what became of it as CSV',
      answer: consoleStream,
      handle: async ({ params }) => fileOf(issues, keyOf(params), 'report'),
    }),
  ];
}

/** What is a spreadsheet says its first bytes, whatever the browser calls it. */
async function readUpload(
  issues: OperateIssues,
  operator: Operator,
  { key, name, file }: { key: IssueKey; name: string; file: AsyncIterable<Uint8Array> },
): Promise<ShownIssue> {
  await issues.show(key);
  const spooled = await spoolFile(file);
  try {
    const rows = spooled.head.startsWith('504b0304') ? xlsxRows(spooled.path) : textRows(spooled.path);
    return await issues.readFile(operator, key, { name, lines: issueFileLines(rows), hash: () => spooled.hash });
  } finally {
    await spooled.remove();
  }
}

async function fileOf(issues: OperateIssues, key: IssueKey, kind: 'faults' | 'report') {
  await issues.show(key);
  const file = kind === 'faults' ? issueFaultsFile : issueReportFile;
  const chunks = file((page) => issues.lines(key, { ...page, faulty: kind === 'faults' }));
  return { name: `issue-${key.id.slice(0, 8)}-${kind}.csv`, type: 'text/csv; charset=utf-8', chunks };
}

function shown({ batch, approvalAboveFen }: ShownIssue): IssueAnswer {
  const { activity, ...rest } = batch;
  return { ...rest, activityId: activity, packet: { ...batch.packet }, approvalAboveFen };
}

type Params = Readonly<Record<string, string>>;

function keyOf(params: Params): IssueKey {
  const id = params['issue'] ?? '';
  if (BATCH.test(id)) return { account: accountOf(params), id };
  throw new WrongRequest('issue-not-found', 'there is no such batch', { status: 404 });
}

function accountOf(params: Params): AccountId {
  try {
    return accountId(params['account'] ?? '');
  } catch (cause) {
    throw new WrongRequest('account-not-found', 'there is no such account', { status: 404, cause });
  }
}
