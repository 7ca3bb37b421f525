import type { Alarm } from '../../src/flows/ports/alarms.ts';
import type { PayoutTables } from './payout-tables.ts';

type Subject = Pick<Alarm, 'kind' | 'subject'>;

/** Raises an alarm unless the same one is open. */
export function raiseAlarm(tables: PayoutTables, alarm: Subject & Pick<Alarm, 'message'>, nowMs: number): void {
  if (openIndex(tables, alarm) === -1) tables.alarms.push({ ...alarm, raisedAtMs: nowMs, clearedAtMs: null });
}

export function clearAlarm(tables: PayoutTables, alarm: Subject, nowMs: number): void {
  const index = openIndex(tables, alarm);
  const open = tables.alarms[index];
  if (open !== undefined) tables.alarms[index] = { ...open, clearedAtMs: nowMs };
}

function openIndex(tables: PayoutTables, { kind, subject }: Subject): number {
  return tables.alarms.findIndex(
    (alarm) => alarm.kind === kind && alarm.subject === subject && alarm.clearedAtMs === null,
  );
}
