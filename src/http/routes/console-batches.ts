import type { z } from 'zod';
import { WrongRequest } from '../../base/errors.ts';
import type { BatchSource, OperateBatches } from '../../flows/batches/operate-batches.ts';
import type { OperateActivities } from '../../flows/operate-activities.ts';
import type { DrawBatch } from '../../flows/ports/draw-batches.ts';
import type { StoredActivity } from '../../flows/ports/operators.ts';
import { consoleFile } from '../console-file.ts';
import {
  batchAnswer,
  batchesAnswer,
  batchLinesAnswer,
  batchLinesQuery,
  confirmBatchRequest,
  decideBatchRequest,
  prepareBatchRequest,
  turnBatchRequest,
} from '../contract/console-batches.ts';
import { pageQuery } from '../contract/console-lists.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { batchFile } from '../presenters/batch-file.ts';
import { readActivityId } from './console-activities.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface BatchRouteDependencies {
  readonly operate: OperateActivities;
  readonly operateBatches: OperateBatches;
}

type Params = Readonly<Record<string, string>>;

const BATCH = /^[0-9a-f]{32}$/;
/** 100,000 openids of 28 characters as JSON are 3.1 MB. */
const LIST_BYTES_MAX = 4_194_304;
const NO_INSIDER_LIST = {
  code: 'no-insider-list',
  message:
    'a list is for everybody who met a condition that was announced: winners chosen inside break the promotion rules',
} as const;

/** Lists of people that operators let draw: prepared, confirmed, watched. */
export function batchRoutes(dependencies: BatchRouteDependencies): readonly ConsoleRoute[] {
  return [...readingRoutes(dependencies), ...changingRoutes(dependencies)];
}

function readingRoutes({ operate, operateBatches }: BatchRouteDependencies): readonly ConsoleRoute[] {
  const place = placeOf(operate);
  return [
    consoleRoute({
      name: 'listBatches',
      method: 'GET',
      path: '/activities/:id/batches',
      access: 'people.view',
      summary: 'Lists of people of an activity and how they stand, the newest first',
      query: pageQuery,
      answer: batchesAnswer,
      handle: async ({ params, query: { after, limit } }) => {
        const page = { after: readCursor(after, BATCH), limit };
        const { rows, next } = await operateBatches.list(await place(params), page);
        return { rows: rows.map(shown), next: writeCursor(next) };
      },
    }),
    consoleRoute({
      name: 'showBatch',
      method: 'GET',
      path: '/activities/:id/batches/:batch',
      access: 'people.view',
      summary: 'A list of people and how far it is',
      answer: batchAnswer,
      handle: async ({ params }) => shown(await operateBatches.show(await place(params), batchOf(params))),
    }),
    consoleRoute({
      name: 'listBatchLines',
      method: 'GET',
      path: '/activities/:id/batches/:batch/lines',
      access: 'people.view',
      summary: 'The lines of a list, with what became of each',
      query: batchLinesQuery,
      answer: batchLinesAnswer,
      handle: async ({ params, query: { after, limit, only } }) => {
        const page = { after, most: limit, faulty: only === 'faulty' };
        const rows = await operateBatches.lines(await place(params), batchOf(params), page);
        return { rows: [...rows], next: rows.length < limit ? null : (rows.at(-1)?.line ?? null) };
      },
    }),
    consoleRoute({
      name: 'downloadBatch',
      method: 'GET',
      path: '/activities/:id/batches/:batch/result',
      access: 'people.view',
      summary: 'All lines of a list and what became of each, as CSV for spreadsheets',
      answer: consoleFile,
      handle: async ({ params }) => {
        const activity = await place(params);
        const id = batchOf(params);
        return batchFile(id, (page) => operateBatches.lines(activity, id, { ...page, faulty: false }));
      },
    }),
  ];
}

function changingRoutes({ operate, operateBatches }: BatchRouteDependencies): readonly ConsoleRoute[] {
  const place = placeOf(operate);
  return [
    consoleRoute({
      name: 'prepareBatch',
      method: 'POST',
      path: '/activities/:id/batches',
      access: 'activities.batch',
      summary: 'Read a list of people line by line; nobody draws before it is confirmed',
      body: prepareBatchRequest,
      bodyBytesMax: LIST_BYTES_MAX,
      answer: batchAnswer,
      handle: async ({ params, operator, body: { note, ...given } }) => {
        const activity = await place(params);
        return shown(await operateBatches.prepare(operator, { activity, note, source: sourceOf(given) }));
      },
    }),
    consoleRoute({
      name: 'confirmBatch',
      method: 'POST',
      path: '/activities/:id/batches/:batch/confirm',
      access: 'activities.batch',
      summary: 'Let the people of a prepared list draw, or ask a second person where they can win much',
      body: confirmBatchRequest,
      answer: batchAnswer,
      handle: async ({ params, operator, body: { people } }) =>
        shown(await operateBatches.confirm(operator, await place(params), { id: batchOf(params), people })),
    }),
    consoleRoute({
      name: 'decideBatch',
      method: 'POST',
      path: '/activities/:id/batches/:batch/decide',
      access: 'approvals.decide',
      summary: 'Let a list draw that somebody else prepared, or refuse it',
      body: decideBatchRequest,
      answer: batchAnswer,
      handle: async ({ params, operator, body: { approve } }) =>
        shown(await operateBatches.decide(operator, await place(params), { id: batchOf(params), approve })),
    }),
    consoleRoute({
      name: 'turnBatch',
      method: 'POST',
      path: '/activities/:id/batches/:batch/turn',
      access: 'activities.batch',
      summary: 'Pause, resume or cancel a list; who drew has drawn',
      body: turnBatchRequest,
      answer: batchAnswer,
      handle: async ({ params, operator, body: { to } }) =>
        shown(await operateBatches.turn(operator, await place(params), { id: batchOf(params), to })),
    }),
  ];
}

function placeOf(operate: OperateActivities): (params: Params) => Promise<StoredActivity> {
  return async (params) => (await operate.show(readActivityId(params))).activity;
}

function batchOf(params: Params): string {
  const id = params['batch'] ?? '';
  if (BATCH.test(id)) return id;
  throw new WrongRequest('batch-not-found', 'there is no such list', { status: 404 });
}

function sourceOf({ openids, list }: { openids?: string[] | undefined; list?: string | undefined }): BatchSource {
  if (openids !== undefined && list === undefined) return { openids };
  if (list !== undefined && openids === undefined) return { list };
  throw new WrongRequest('request-invalid', 'give either openids or the name of a kept list');
}

function shown({ activity, faults, outcomes, ...batch }: DrawBatch): z.input<typeof batchAnswer> {
  const warnings = batch.state === 'prepared' || batch.state === 'asked' ? [NO_INSIDER_LIST] : [];
  return { ...batch, activityId: activity, faults: { ...faults }, outcomes: { ...outcomes }, warnings };
}
