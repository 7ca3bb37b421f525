import type { AccountId, ActivityId, Openid } from '../base/ids.ts';
import type { DecidedDraw } from '../flows/ports/draws.ts';
import { jsonLiteral, textLiteral } from './sql-literal.ts';

/** Where days are checked in on. */
export interface CheckInPlace {
  readonly account: AccountId;
  readonly activity: ActivityId;
}

/**
 * Returns the statement that writes the days a batch's draws checked in on. A day that is there already breaks the
 * transaction: it was decided on facts that no lock held.
 */
export function addCheckIns({ account, activity }: CheckInPlace, draws: readonly DecidedDraw[]): readonly string[] {
  const rows = draws.flatMap(({ request, marks }) =>
    marks.flatMap((mark) =>
      mark.kind === 'check-in' ? [{ o: request.openid, d: mark.day, u: mark.madeUp, m: request.atMs }] : [],
    ),
  );
  if (rows.length === 0) return [];
  return [
    `insert into check_in (account_id, activity_id, openid, day, made_up, created_at)
      select ${textLiteral(account)}, ${textLiteral(activity)}, o, d, u, to_timestamp(m / 1000.0)
      from jsonb_to_recordset(${jsonLiteral(rows)}) as item (o text, d date, u boolean, m float8) order by o, d`,
  ];
}

/** Returns the statement that lets the days of erased people go on under the openid of whoever came back. */
export function moveCheckIns(
  { account, activity }: CheckInPlace,
  names: ReadonlyMap<Openid, string>,
): readonly string[] {
  if (names.size === 0) return [];
  const rows = [...names].map(([openid, name]) => ({ o: openid, n: name }));
  return [
    `with gone as (
      delete from check_in using jsonb_to_recordset(${jsonLiteral(rows)}) as item (o text, n text)
      where account_id = ${textLiteral(account)} and activity_id = ${textLiteral(activity)} and openid = n
      returning o, day, made_up, created_at
    )
    insert into check_in (account_id, activity_id, openid, day, made_up, created_at)
    select ${textLiteral(account)}, ${textLiteral(activity)}, o, day, made_up, created_at from gone
    on conflict (account_id, activity_id, openid, day) do nothing`,
  ];
}
