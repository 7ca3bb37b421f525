import type { AccountId, ActivityId } from '../base/ids.ts';
import type { DecidedDraw, DrawRequest } from '../flows/ports/draws.ts';
import type { DrawsByOrigin, FactsNeeded, OriginKind } from '../rules/person-facts.ts';
import { jsonLiteral, textLiteral } from './sql-literal.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Whose draws are meant, and what its rule counts them by. */
export interface OriginsAsked {
  readonly account: AccountId;
  readonly activity: ActivityId;
  readonly needed: FactsNeeded;
}

/**
 * Writes the statement that finds when draws of an activity came from where a batch's requests come from; each origin is
 * looked up on its own (`offset 0`), down the end of the primary key. `readOrigins` reads the answer.
 */
export function originsStatement(asked: OriginsAsked, requests: readonly DrawRequest[], atMs: number): string {
  const { account, activity, needed } = asked;
  const sinceMs = atMs - needed.drawsWithinSeconds * 1000;
  const wanted = new Map(requests.flatMap((request) => originsOf(request, needed)).map((one) => [nameOf(one), one]));
  return `select wanted.k as kind, wanted.o as origin, (extract(epoch from drawn_at) * 1000)::float8 as ms, draws
    from jsonb_to_recordset(${jsonLiteral([...wanted.values()])}) as wanted (k text, o text) cross join lateral
      (select drawn_at, draws from draw_origin where account_id = ${textLiteral(account)} and activity_id = ${textLiteral(activity)}
        and kind = k and origin = o and drawn_at > to_timestamp(${sinceMs} / 1000.0)
        order by drawn_at desc limit ${needed.drawsMost} offset 0) as found
    order by drawn_at desc`;
}

/** Reads what `originsStatement` found, newest first; null for what the rule does not ask about. */
export function readOrigins(rows: Rows, { origins, drawsMost }: FactsNeeded): DrawsByOrigin {
  const of = (kind: OriginKind): ReadonlyMap<string, readonly number[]> | null => {
    if (!origins.has(kind)) return null;
    const times = new Map<string, number[]>();
    for (const row of rows) {
      if (row['kind'] !== kind) continue;
      const origin = String(row['origin']);
      const before = times.get(origin) ?? [];
      // More at one moment than any condition counts would change nothing.
      const draws = Math.min(Number(row['draws']), drawsMost);
      times.set(origin, [...before, ...Array<number>(draws).fill(Number(row['ms']))]);
    }
    return times;
  };
  return { ip: of('ip'), device: of('device') };
}

/** Writes the statement that adds a batch's draws, refused ones left out; none where there is nothing to add. */
export function addOrigins(asked: OriginsAsked, decided: readonly DecidedDraw[]): readonly string[] {
  const rows = new Map<string, { k: string; o: string; m: number; n: number }>();
  for (const { request, verdict } of decided) {
    if (verdict.outcome === 'refused') continue;
    for (const one of originsOf(request, asked.needed)) {
      const name = `${nameOf(one)} ${request.atMs}`;
      rows.set(name, { ...one, m: request.atMs, n: (rows.get(name)?.n ?? 0) + 1 });
    }
  }
  if (rows.size === 0) return [];
  return [
    `insert into draw_origin (account_id, activity_id, kind, origin, drawn_at, draws)
      select ${textLiteral(asked.account)}, ${textLiteral(asked.activity)}, k, o, to_timestamp(m / 1000.0), n
      from jsonb_to_recordset(${jsonLiteral([...rows.values()])}) as item (k text, o text, m float8, n integer)
      on conflict (account_id, activity_id, kind, origin, drawn_at) do update set draws = draw_origin.draws + excluded.draws`,
  ];
}

interface Origin {
  /** Kind. */
  readonly k: OriginKind;
  /** The keyed hash. */
  readonly o: string;
}

function originsOf({ origin }: DrawRequest, { origins }: FactsNeeded): readonly Origin[] {
  return [...origins].flatMap((kind) => {
    const value = origin?.[kind] ?? null;
    return value === null ? [] : [{ k: kind, o: value }];
  });
}

function nameOf({ k, o }: Origin): string {
  return `${k} ${o}`;
}
