import { beijingHour } from '../base/beijing-day.ts';
import type { AccountId, ActivityId } from '../base/ids.ts';
import type { BatchDecision, DecidedDraw, LaneFacts } from '../flows/ports/draws.ts';
import { keptStatement } from './kept-statement.ts';
import { jsonLiteral, textLiteral } from './sql-literal.ts';

/** Adds what one batch adds. */
export const ADD_TALLIES = keptStatement(
  'draw_add_tallies',
  ['text', 'text', 'date', 'jsonb'],
  `insert into activity_tally (account_id, activity_id, kind, day, name, number, wins, won_fen)
    select $1, $2, k, $3, n, c, w, f from jsonb_to_recordset($4) as item (k text, n text, c bigint, w bigint, f bigint)
    on conflict (account_id, activity_id, kind, day, name) do update set number = activity_tally.number + excluded.number,
      wins = activity_tally.wins + excluded.wins, won_fen = activity_tally.won_fen + excluded.won_fen`,
);

/** What one batch adds to one row of activity_tally. */
interface Tally {
  readonly kind: 'hour' | 'refusal' | 'way' | 'ticket' | 'people';
  readonly name: string;
  number: number;
  wins: number;
  fen: number;
}

/**
 * Returns the statement that counts a decided batch for the console's numbers, in the transaction that writes its
 * draws and under the activity's lock: nothing is ever counted by looking at draws again. A batch is of one Beijing
 * day and one version.
 */
export function addTallies(
  place: { readonly account: AccountId; readonly activity: ActivityId; readonly version: number },
  before: LaneFacts,
  decision: BatchDecision,
): string[] {
  const day = decision.draws[0]?.request.day;
  if (day === undefined) return [];
  const rows = tallies(place.version, before, decision)
    .sort((one, other) => (one.kind + one.name < other.kind + other.name ? -1 : 1))
    .map(({ kind, name, number, wins, fen }) => ({ k: kind, n: name, c: number, w: wins, f: fen }));
  return [ADD_TALLIES.run(textLiteral(place.account), textLiteral(place.activity), `'${day}'`, jsonLiteral(rows))];
}

function tallies(version: number, before: LaneFacts, { draws, participants }: BatchDecision): Tally[] {
  const rows = new Map<string, Tally>();
  const add = (kind: Tally['kind'], name: string, wonFen: number | null = null): void => {
    const key = `${kind} ${name}`;
    const row = rows.get(key) ?? { kind, name, number: 0, wins: 0, fen: 0 };
    row.number += 1;
    if (wonFen !== null) {
      row.wins += 1;
      row.fen += wonFen;
    }
    rows.set(key, row);
  };
  for (const draw of draws) {
    const { verdict, request } = draw;
    if (verdict.outcome === 'refused') {
      add('refusal', verdict.why);
      continue;
    }
    const wonFen = verdict.outcome === 'won' ? verdict.amountFen : null;
    add('hour', beijingHour(request.atMs), wonFen);
    if (request.way !== undefined) add('way', request.way, wonFen);
    for (const ticket of ticketsOf(draw)) add('ticket', `${version}/${ticket}`);
  }
  for (const [openid, person] of participants) {
    const earlier = before.participants.get(openid)?.day ?? null;
    if (person.day !== null && person.day !== earlier) add('people', earlier ?? '');
  }
  return [...rows.values()];
}

/** Each ticket that was drawn, as mechanic and prize, whatever became of the prize: that is what odds are stated for. */
function ticketsOf({ verdict: { trace } }: DecidedDraw): readonly string[] {
  const tickets: string[] = [];
  let mechanic = 'main';
  for (const { check, passed, seen, limit } of trace) {
    if (check === 'mechanic') mechanic = String(seen);
    if (check === 'ticket') tickets.push(`${mechanic}/${passed ? String(limit) : ''}`);
  }
  return tickets;
}
