import { parseArgs } from 'node:util';
import pg from 'pg';
import type { BeijingDay } from '../src/base/beijing-day.ts';
import { accountId, activityId } from '../src/base/ids.ts';
import type { ExportFormat, ExportOrder } from '../src/flows/ports/exports.ts';
import { csvFile } from '../src/http/exports/csv-file.ts';
import { xlsxFile } from '../src/http/exports/xlsx-file.ts';
import { createExportStore } from '../src/store/exports/export-store.ts';

// One export in a process of its own, whose memory is then that of exporting alone: prints one line of JSON.

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    activity: { type: 'string' },
    format: { type: 'string' },
    day: { type: 'string' },
  },
});
const format = (values.format ?? 'csv') as ExportFormat;
const day = (values.day ?? '2026-11-01') as BeijingDay;
const order: ExportOrder = {
  id: 'bench',
  accountId: accountId('main'),
  activityId: activityId(values.activity ?? ''),
  subject: 'draws',
  format,
  period: { from: day, to: '2027-10-31' as BeijingDay },
  askedBy: 'bench',
};

const pool = new pg.Pool({ connectionString: values.url, max: 2 });
const store = createExportStore(pool);
let rows = 0;
async function* counted(): ReturnType<typeof store.rows> {
  for await (const batch of store.rows(order)) {
    rows += batch.length;
    yield batch;
  }
}
const table = { columns: store.columns('draws'), rows: counted(), language: 'zh' } as const;
const beganMs = performance.now();
let bytes = 0;
for await (const chunk of format === 'csv' ? csvFile(table) : xlsxFile(table)) bytes += chunk.length;
await pool.end();
const seconds = (performance.now() - beganMs) / 1000;
// maxRSS is in KB on every system (https://nodejs.org/api/process.html#processresourceusage).
console.log(JSON.stringify({ format, rows, bytes, seconds, memoryMb: process.resourceUsage().maxRSS / 1024 }));
