import { assert } from '../../base/errors.ts';
import type { AccountId, ActivityId, Openid } from '../../base/ids.ts';
import type { Counted, FactsNeeded, FollowerFacts, PersonFacts } from '../../rules/person-facts.ts';
import { textListLiteral, textLiteral } from '../sql-literal.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Whose facts are asked for: names are openids and pseudonyms, as rows may stand under either. */
export interface FactsAsked {
  readonly account: AccountId;
  readonly activity: ActivityId;
  /** Whom each name means. */
  readonly people: ReadonlyMap<string, Openid>;
  readonly needed: FactsNeeded;
  /** Unix ms of the batch's oldest request. */
  readonly atMs: number;
}

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::float8`;

/**
 * Writes the one statement that reads what a rule's conditions look at, of many people at once and as far as the rule
 * asks. Each person is looked up on their own inside the server (`offset 0`), for which every look-up has its index.
 * `readPersonFacts` reads the answer.
 */
export function personFactsStatement(asked: FactsAsked): string {
  const { kinds } = asked.needed;
  const account = textLiteral(asked.account);
  const columns = [
    ...(kinds.has('follower') || kinds.has('tags') ? [`${follower(account)} as follower`] : []),
    ...(kinds.has('awards') ? wins(asked) : []),
    ...(kinds.has('lists') ? [`${lists(asked)} as lists`] : []),
    ...(kinds.has('union') ? [`${union(asked)} as everyone`] : []),
    ...(kinds.has('velocity') ? [`${recentDraws(asked)} as draws`] : []),
  ];
  return `select ${['person', ...columns].join(',\n')}
    from unnest(${textListLiteral([...asked.people.keys()])}) as wanted (person)`;
}

/**
 * A row that only a union id made says nothing of following. Tags are those told since the latest follow; whoever left
 * has none.
 */
function follower(account: string): string {
  return `(select jsonb_build_object('following', following, 'firstFollowedAtMs', ${ms('first_followed_at')},
      'followedAtMs', ${ms('followed_at')}, 'tagIds', case when not following then '{}'
        when refreshed_at >= coalesce(followed_at, refreshed_at) then tag_ids end)
    from follower where account_id = ${account} and openid = person
      and (followed_at is not null or left_at is not null or refreshed_at is not null) offset 0)`;
}

function wins({ account, activity, needed }: FactsAsked): string[] {
  const newest = (where: string): string => `array(select ${ms('created_at')} from award
    where account_id = ${textLiteral(account)} and openid = person ${where} order by created_at desc limit ${needed.winsMost})`;
  return [`${newest(`and activity_id = ${textLiteral(activity)}`)} as wins_here`, `${newest('')} as wins_anywhere`];
}

function lists({ account, needed }: FactsAsked): string {
  return `array(select list from person_list where account_id = ${textLiteral(account)} and openid = person
    and list = any(${textListLiteral(needed.lists)}) order by list)`;
}

function recentDraws({ account, activity, needed, atMs }: FactsAsked): string {
  const sinceMs = atMs - needed.drawsWithinSeconds * 1000;
  return `array(select ${ms('created_at')} from draw where account_id = ${textLiteral(account)} and openid = person
    and activity_id = ${textLiteral(activity)} and outcome <> 'refused' and created_at > to_timestamp(${sinceMs} / 1000.0)
    order by created_at desc limit ${needed.drawsMost})`;
}

/** Of everyone with the person's union id under any account, or of the person alone while it is not known. */
function union({ account, activity, needed }: FactsAsked): string {
  const here = textLiteral(account);
  const ofThis = (count: 'draws' | 'wins'): string => `(select coalesce(sum(${count}), 0)::integer from same_person
      cross join lateral (select ${count} from participant where account_id = same_person.account
        and activity_id = ${textLiteral(activity)} and openid = same_person.name offset 0) as counted)`;
  // More of one person than the rule asks about would change nothing.
  const ofAny = (
    table: 'draw' | 'award',
    drawn: string,
  ): string => `(select count(*)::integer from same_person cross join lateral
      (select 1 from ${table} where account_id = same_person.account and openid = same_person.name ${drawn}
        limit ${needed.unionMost}) as one)`;
  const draws = `jsonb_build_object('here', ${ofThis('draws')}, 'anywhere', ${ofAny('draw', `and outcome <> 'refused'`)})`;
  const won = `jsonb_build_object('here', ${ofThis('wins')}, 'anywhere', ${ofAny('award', '')})`;
  return `(with mine as (select union_id from follower where account_id = ${here} and openid = person),
      same_person as (select ${here} as account, person as name
        union select account.id, openid from account cross join lateral (select openid from follower
          where account_id = account.id and union_id = (select union_id from mine) offset 0) as known)
    select jsonb_build_object('id', (select union_id from mine), 'draws', ${draws}, 'wins', ${won}))`;
}

interface FollowerColumn extends FollowerFacts {
  readonly tagIds: readonly number[] | null;
}

interface UnionColumn {
  readonly id: string | null;
  readonly draws: Counted;
  readonly wins: Counted;
}

/** Reads the rows that `personFactsStatement` finds: one for each name, put together for each person. */
export function readPersonFacts(rows: Rows, { people, needed }: FactsAsked): ReadonlyMap<Openid, PersonFacts> {
  const byPerson = Map.groupBy(rows, (row) => people.get(String(row['person'])));
  const facts = new Map<Openid, PersonFacts>();
  for (const [openid, found] of byPerson) {
    assert(openid !== undefined, 'facts are found of people that were asked for');
    facts.set(openid, factsOf(found, needed));
  }
  return facts;
}

function factsOf(rows: Rows, { kinds }: FactsNeeded): PersonFacts {
  const every = <Value>(column: string): readonly Value[] => rows.flatMap((row) => (row[column] ?? []) as Value[]);
  const newest = (column: string): readonly number[] => every<number>(column).toSorted((one, other) => other - one);
  // A pseudonym follows nobody.
  const follower = every<FollowerColumn>('follower')[0] ?? null;
  return {
    follower: kinds.has('follower') ? follower && withoutTags(follower) : null,
    tagIds: kinds.has('tags') ? (follower?.tagIds ?? null) : null,
    wins: kinds.has('awards') ? { here: newest('wins_here'), anywhere: newest('wins_anywhere') } : null,
    lists: kinds.has('lists') ? [...new Set(every<string>('lists'))] : null,
    union: kinds.has('union') ? unionOf(every<UnionColumn>('everyone')) : null,
    drawsAtMs: kinds.has('velocity') ? newest('draws') : null,
  };
}

function withoutTags({ following, firstFollowedAtMs, followedAtMs }: FollowerColumn): FollowerFacts {
  return { following, firstFollowedAtMs, followedAtMs };
}

function unionOf(found: readonly UnionColumn[]): PersonFacts['union'] {
  const id = found.find((one) => one.id !== null)?.id ?? null;
  const sum = (of: 'draws' | 'wins', where: keyof Counted): number =>
    found.reduce((before, one) => before + one[of][where], 0);
  const counted = (of: 'draws' | 'wins'): Counted => ({ here: sum(of, 'here'), anywhere: sum(of, 'anywhere') });
  return id === null ? null : { id, draws: counted('draws'), wins: counted('wins') };
}
