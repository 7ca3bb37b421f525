import { OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import type { ActivityId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import { beijingDay } from '../../base/beijing-day.ts';
import { readPeriod } from '../numbers/show-numbers.ts';
import type { ExportCell, ExportColumn, ExportLine, ExportOrder, ExportStore } from '../ports/exports.ts';
import type { Period } from '../ports/numbers.ts';
import type { ActivityStore, Operator } from '../ports/operators.ts';
import type { Clock, Luck } from '../ports/time-and-luck.ts';

/** A file to write: its columns, and its rows as they are asked for. */
export interface Export {
  readonly order: ExportOrder;
  readonly slug: string;
  readonly columns: readonly ExportColumn[];
  readonly rows: AsyncGenerator<readonly (readonly ExportCell[])[], void, undefined>;
}

/** Files of draws, awards, payouts and people. Each throws WrongRequest `activity-not-found` (404) and OutsideTrouble. */
export interface ExportRows {
  /**
   * Begins a file. It is logged with who asked for what; its rows are counted there while they are read. Throws
   * WrongRequest `period-invalid`, and OutsideTrouble `exports-busy` while this process writes two already.
   */
  begin(
    operator: Operator,
    wanted: Pick<ExportOrder, 'subject' | 'format'> & { readonly id: ActivityId; readonly period: Partial<Period> },
  ): Promise<Export>;
  /** The last 20, newest first. */
  list(id: ActivityId): Promise<readonly ExportLine[]>;
}

/** Each holds a connection for as long as its reader takes. */
const AT_ONCE_MAX = 2;
const NOTE_EVERY_MS = 1000;
/** A reader that takes nothing for ten minutes loses its connection to the database. */
const GONE_AFTER_MS = 660_000;

/** Builds the flow over where rows come from and where exports are logged. */
export function createExportRows(options: {
  readonly activities: Pick<ActivityStore, 'find'>;
  readonly exports: ExportStore;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
}): ExportRows {
  const { activities, exports, clock, luck, logger } = options;
  let running = 0;
  const find = async (id: ActivityId) => {
    const activity = await activities.find(id);
    if (activity !== undefined) return activity;
    throw new WrongRequest('activity-not-found', 'there is no such activity', { status: 404 });
  };
  /** Counts what is read, to its end or to where the reader went away. */
  async function* counted(order: ExportOrder): Export['rows'] {
    if (running >= AT_ONCE_MAX) throw busy();
    running += 1;
    let rows = 0;
    let state: ExportLine['state'] = 'broken';
    let notedAtMs = clock.nowMs();
    try {
      for await (const batch of exports.rows(order)) {
        rows += batch.length;
        yield batch;
        if (clock.nowMs() - notedAtMs < NOTE_EVERY_MS) continue;
        notedAtMs = clock.nowMs();
        await exports.note(order, { rows, state: 'running', nowMs: notedAtMs });
      }
      state = 'finished';
    } finally {
      running -= 1;
      logger.info({ export: order.id, rows, state }, 'export-ended');
      await exports.note(order, { rows, state, nowMs: clock.nowMs() });
    }
  }
  return {
    async begin(operator, { id, subject, format, period }) {
      const { accountId, slug } = await find(id);
      if (running >= AT_ONCE_MAX) throw busy();
      const within = subject === 'people' ? null : readPeriod(period, beijingDay(clock.nowMs()));
      const order = {
        id: luck.randomId(),
        accountId,
        activityId: id,
        subject,
        format,
        period: within,
        askedBy: operator.id,
      };
      await exports.begin(order, clock.nowMs());
      logger.info({ export: order.id, activity: id, subject, format, operator: operator.id }, 'export-began');
      return { order, slug, columns: exports.columns(subject), rows: counted(order) };
    },
    async list(id) {
      const lines = await exports.list(await find(id));
      const goneMs = clock.nowMs() - GONE_AFTER_MS;
      return lines.map((line) =>
        line.state === 'running' && line.seenAtMs < goneMs ? { ...line, state: 'broken' } : line,
      );
    },
  };
}

function busy(): OutsideTrouble {
  return new OutsideTrouble(
    'exports-busy',
    `${AT_ONCE_MAX} exports are being written already; try again when one has ended`,
  );
}
