import type { Machine } from './machine.ts';
import type { PayoutRun } from './payout-run.ts';

/** What a benchmark of payouts leaves in its file. */
export interface PayoutResults {
  readonly at: string;
  readonly machine: Machine;
  readonly runs: readonly PayoutRun[];
}

const HEAD = [
  'run',
  'processes',
  'payouts',
  'sends/s',
  'before',
  'whole seconds',
  'most in 1 s',
  'queries in 1 s',
  'too fast',
  'DB ms',
  'PG CPU µs',
  'Node CPU µs',
  'simulator µs',
];

/** Renders the runs as a table of text, each beside the same run of the results before, if there were any. */
export function payoutTable(results: PayoutResults, before: PayoutResults | null): string {
  return aligned([
    HEAD,
    ...results.runs.map((run) => {
      const last = before?.runs.find((one) => one.name === run.name && one.processes === run.processes);
      const { fewest, most } = run.sends.wholeSeconds;
      return [
        run.name,
        String(run.processes),
        String(run.paid),
        run.sends.perSecond.toFixed(1),
        last?.sends.perSecond.toFixed(1) ?? '-',
        `${fewest}..${most}`,
        String(run.sends.mostInASecond),
        String(run.queries.mostInASecond),
        String(run.refusedAsTooFast),
        run.databaseMsPerPayout.toFixed(2),
        run.serverMicrosPerPayout?.toFixed(0) ?? '-',
        run.workerMicrosPerPayout?.toFixed(0) ?? '-',
        run.simulatorMicrosPerPayout.toFixed(0),
      ];
    }),
  ]);
}

/** Renders where a run's database time went, a line a statement. */
export function statementTable(run: PayoutRun): string {
  return aligned([
    ['statement', 'calls/payout', 'ms/call', 'ms/payout', 'of it planning'],
    ...run.statements.map((one) => [
      one.statement,
      one.callsEach.toFixed(2),
      one.msPerCall.toFixed(3),
      one.msEach.toFixed(3),
      one.planMsEach.toFixed(3),
    ]),
  ]);
}

function aligned(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return lines.map((line) => line.map(pad).join('  ')).join('\n');
}
