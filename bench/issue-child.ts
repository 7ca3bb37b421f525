import { parseArgs } from 'node:util';
import { accountId } from '../src/base/ids.ts';
import type { Logger } from '../src/base/logger.ts';
import { createOperateIssues } from '../src/flows/issues/operate-issues.ts';
import { createRunIssues } from '../src/flows/issues/run-issues.ts';
import { issueFileLines } from '../src/http/issue-files/issue-file-lines.ts';
import { spoolFile } from '../src/http/issue-files/spool-file.ts';
import { textRows } from '../src/http/issue-files/text-rows.ts';
import { activityRuleSchema } from '../src/rules/activity-rule.ts';
import { createActivityStore } from '../src/store/activity-store.ts';
import { createPool } from '../src/store/database.ts';
import { createDrawStore } from '../src/store/draw-store.ts';
import { createIssueBatchStore } from '../src/store/issues/issue-batch-store.ts';
import { systemLuck } from '../src/wiring-payouts.ts';
import { issueLinesFile } from './issue-lines.ts';

// One step of a batch in a process of its own, whose memory is then that of this step alone and which may be killed: reads a
// file of so many lines, or gives all lines of a confirmed batch their awards. Prints one line of JSON at the end.

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    batch: { type: 'string', default: '' },
    step: { type: 'string', default: 'read' },
    lines: { type: 'string', default: '0' },
    faults: { type: 'string', default: '0' },
    from: { type: 'string', default: '0' },
  },
});
const key = { account: accountId('main'), id: values.batch };
const quiet: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
// A batch is paced by the clock; this one jumps to when the next chunk is due.
const clock = { ms: Number(values.from), nowMs: () => clock.ms };
const pool = createPool({ url: values.url, connectionsMax: 4, name: 'hongbao-issue' }, quiet);
const issues = createIssueBatchStore(pool, (stored) => activityRuleSchema.parse(stored));
const parts = { issues, clock, luck: systemLuck, logger: quiet };

async function read(): Promise<void> {
  const operate = createOperateIssues({ ...parts, activities: createActivityStore(pool) });
  const spooled = await spoolFile(issueLinesFile({ lines: Number(values.lines), faults: Number(values.faults) }));
  try {
    const lines = issueFileLines(textRows(spooled.path));
    const operator = { id: 'bench', name: 'bench', role: 'operator' } as const;
    await operate.readFile(operator, key, { name: 'bench.csv', lines, hash: () => spooled.hash });
  } finally {
    await spooled.remove();
  }
}

async function issue(): Promise<void> {
  const run = createRunIssues({ ...parts, draws: createDrawStore(pool), orderPrefix: 'B' });
  for (;;) {
    clock.ms += 61_000;
    if (!(await run.round())) return;
  }
}

const baseMb = process.memoryUsage().rss / 1_048_576;
const beganMs = performance.now();
await (values.step === 'read' ? read() : issue());
await pool.end();
const seconds = (performance.now() - beganMs) / 1000;
// maxRSS is in KB on every system (https://nodejs.org/api/process.html#processresourceusage).
console.log(JSON.stringify({ seconds, baseMb, memoryMb: process.resourceUsage().maxRSS / 1024 }));
