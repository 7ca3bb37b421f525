import { assert } from '../base/errors.ts';
import type { AccountId, ActivityId, Openid } from '../base/ids.ts';
import type { DecidedDraw, DrawRequest } from '../flows/ports/draws.ts';
import type { CodesNeeded, LaneCodes } from '../rules/codes-in-batch.ts';
import { jsonLiteral, textListLiteral, textLiteral } from './sql-literal.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Whose codes are asked for. */
export interface CodesAsked {
  readonly account: AccountId;
  readonly activity: ActivityId;
  readonly needed: CodesNeeded;
}

/**
 * Writes the statements that read the codes a batch needs: those that were said, locked in their order and then read with
 * who used them, and the next vouchers by their place, one for each request. Each code is looked up on its own inside the
 * server (`offset 0`), so that a pool of a million costs what one of ten does. `readCodes` reads the answers.
 */
export function codeStatements(asked: CodesAsked, requests: readonly DrawRequest[]): readonly string[] {
  const { account, needed } = asked;
  const said = [...new Set(requests.flatMap(({ code }) => code ?? []))].toSorted();
  const vouchers = needed.vouchers.map((voucher) => nextVouchers(asked, voucher, requests.length));
  const pool = needed.entry;
  return [
    ...(pool === null ? [] : saidCodes(textLiteral(account), textLiteral(pool), textListLiteral(said))),
    ...(vouchers.length === 0 ? [] : [vouchers.join('\nunion all ')]),
  ];
}

function saidCodes(account: string, pool: string, said: string): string[] {
  const wanted = `unnest(${said}) as wanted (said) cross join lateral`;
  const found = `from code where code.account_id = ${account} and code.pool_id = ${pool} and code.code = said offset 0`;
  return [
    `select 1 from ${wanted} (select 1 ${found} for update) as locked`,
    // A statement of its own, so that it sees what the last holder of the lock committed.
    `select found.* from ${wanted} (select code.code, (select openid from code_use where code_use.account_id = ${account}
        and code_use.pool_id = ${pool} and code_use.code = said) as used_by ${found}) as found`,
  ];
}

function nextVouchers(
  { account, activity }: CodesAsked,
  { pool, prizeId }: CodesNeeded['vouchers'][number],
  most: number,
): string {
  const drawn = `(select drawn from prize_counter where account_id = ${textLiteral(account)}
    and activity_id = ${textLiteral(activity)} and prize_id = ${textLiteral(prizeId)})`;
  return `(select pool_id, code from code where account_id = ${textLiteral(account)} and pool_id = ${textLiteral(pool)}
    and place > ${drawn} and place <= ${drawn} + ${most} order by place)`;
}

/** Reads what `codeStatements` answered. `people`: whom each stored name means. */
export function readCodes(
  answers: readonly Rows[],
  { entry, vouchers }: CodesNeeded,
  people: ReadonlyMap<string, Openid>,
): LaneCodes {
  const said = entry === null ? [] : answers[1];
  const next = vouchers.length === 0 ? [] : answers.at(-1);
  assert(said && next, 'every statement about codes has an answer');
  const byPool = Map.groupBy(next, (row) => String(row['pool_id']));
  return {
    said: new Map(said.map(({ code, used_by: name }) => [String(code), usedBy(name, people)])),
    vouchers: new Map([...byPool].map(([pool, rows]) => [pool, rows.map(({ code }) => String(code))])),
  };
}

function usedBy(name: unknown, people: ReadonlyMap<string, Openid>): Openid | null {
  return typeof name === 'string' ? (people.get(name) ?? (name as Openid)) : null;
}

/** Writes down every code that draws used up or handed out, set-wise; nothing where there is none. */
export function addCodeUses(account: AccountId, activity: ActivityId, draws: readonly DecidedDraw[]): string[] {
  const rows = draws.flatMap(({ request, verdict, marks }) =>
    marks.flatMap((mark) => {
      if (mark.kind === 'check-in') return [];
      const { pool, code } = mark;
      const award = verdict.outcome === 'won' ? request.awardId : null;
      return [{ p: pool, c: code, o: request.openid, k: request.key, a: award, m: request.atMs }];
    }),
  );
  if (rows.length === 0) return [];
  const here = textLiteral(account);
  const items = `jsonb_to_recordset(${jsonLiteral(rows)}) as item (p text, c text, o text, k text, a text, m float8)`;
  return [
    `insert into code_use (account_id, pool_id, code, activity_id, openid, request_key, award_id, used_at)
      select ${here}, p, c, ${textLiteral(activity)}, o, k, a, to_timestamp(m / 1000.0) from ${items} order by p, c`,
    `update code_pool set used = used + counted.uses
      from (select p, count(*)::integer as uses from ${items} group by p) as counted
      where account_id = ${here} and id = counted.p`,
  ];
}
