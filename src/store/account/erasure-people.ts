import type pg from 'pg';
import type { PersonKey } from '../../flows/ports/followers.ts';
import { DAY_BIT } from '../check-in-checks.ts';
import type { StepEnd } from './erasure-money.ts';

const ACTIVITIES_PER_STEP = 100;
const VISITS_PER_STEP = 500;

// One look-up an activity: people stand in the key behind their activity.
const NEXT_ACTIVITIES = `select id from activity where account_id = $1 and exists (select 1 from participant
    where participant.account_id = $1 and participant.activity_id = activity.id and participant.openid = $2 offset 0)
  order by id limit ${ACTIVITIES_PER_STEP}`;
// A draw holds its activity's counter from before it reads its people until it has written them.
const LOCK_COUNTERS = `select 1 from activity_counter where account_id = $1 and activity_id = any($2::text[])
  order by activity_id for update`;

/** Adds the person's row up with one that stands under the pseudonym already, as `carryOn` does. */
const FOLD = `
with gone as (
  delete from participant where account_id = $1 and activity_id = any($4::text[]) and openid = $2 returning *
)
insert into participant as kept (account_id, activity_id, openid, draws, day, draws_that_day, wins, check_in_day, streak_days, check_ins,
  wins_that_day, spent_fen, misses, last_draw_at, state)
select account_id, activity_id, $3, draws, day, draws_that_day, wins, check_in_day, streak_days, check_ins,
  wins_that_day, spent_fen, misses, last_draw_at, state from gone
on conflict (account_id, activity_id, openid) do update set
  draws = kept.draws + excluded.draws, wins = kept.wins + excluded.wins, check_ins = kept.check_ins + excluded.check_ins,
  day = greatest(kept.day, excluded.day),
  draws_that_day = case when kept.day is not distinct from excluded.day then kept.draws_that_day + excluded.draws_that_day
    when kept.day is null or excluded.day > kept.day then excluded.draws_that_day else kept.draws_that_day end,
  wins_that_day = case when kept.day is not distinct from excluded.day then kept.wins_that_day + excluded.wins_that_day
    when kept.day is null or excluded.day > kept.day then excluded.wins_that_day else kept.wins_that_day end,
  spent_fen = kept.spent_fen + excluded.spent_fen,
  misses = case when kept.last_draw_at is not distinct from excluded.last_draw_at then greatest(kept.misses, excluded.misses)
    when kept.last_draw_at is null or excluded.last_draw_at > kept.last_draw_at then excluded.misses else kept.misses end,
  last_draw_at = greatest(kept.last_draw_at, excluded.last_draw_at),
  state = (select chosen || coalesce((
      select jsonb_object_agg(key, case when jsonb_typeof(chosen -> key) = 'object' then chosen -> key else '{}' end || '{"months": {}}')
      from (select * from jsonb_each(kept.state) union all select * from jsonb_each(excluded.state)) as own
      where jsonb_typeof(value -> 'months') = 'object'), '{}')
    from (select case when kept.last_draw_at is not distinct from excluded.last_draw_at
        then case when kept.state = excluded.state then kept.state else '{}' end
      when kept.last_draw_at is null or excluded.last_draw_at > kept.last_draw_at then excluded.state else kept.state end as chosen) as one),
  check_in_day = greatest(kept.check_in_day, excluded.check_in_day),
  streak_days = case when kept.check_in_day is not distinct from excluded.check_in_day then greatest(kept.streak_days, excluded.streak_days)
    when kept.check_in_day is null or excluded.check_in_day > kept.check_in_day then excluded.streak_days else kept.streak_days end`;

const MOVE_CHECK_INS = `
with gone as (
  delete from check_in where account_id = $1 and activity_id = any($4::text[]) and openid = $2 returning *
)
insert into check_in (account_id, activity_id, openid, day, made_up, created_at)
select account_id, activity_id, $3, day, made_up, created_at from gone
on conflict (account_id, activity_id, openid, day) do nothing`;

// Where the days of two rows came together, those of both are remembered, as far as a year before the last one's month.
const REMEMBER_DAYS = `
update participant as person set state = (
  select jsonb_object_agg(own.key, case when jsonb_typeof(own.value -> 'months') = 'object' then jsonb_set(own.value, '{months}', days.months)
    else own.value end) from jsonb_each(person.state) as own)
from (
  select activity_id, jsonb_object_agg(month, bits) as months from (
    select activity_id, to_char(day, 'YYYY-MM') as month, bit_or(${DAY_BIT}) as bits
    from check_in join (select account_id, activity_id, openid, check_in_day from participant) as last using (account_id, activity_id, openid)
    where account_id = $1 and openid = $2 and activity_id = any($3::text[])
      and to_char(day, 'YYYY-MM') >= coalesce(to_char(check_in_day - interval '1 year', 'YYYY-MM'), '')
    group by 1, 2
  ) as one_month group by 1
) as days
where person.account_id = $1 and person.openid = $2 and person.activity_id = days.activity_id
  and jsonb_path_exists(person.state, '$.*.months')`;

const MOVE_VISITS = `
with gone as (
  delete from scene_visit where account_id = $1 and request_key in (
    select request_key from scene_visit where account_id = $1 and openid = $2 limit ${VISITS_PER_STEP}) returning *
)
insert into scene_visit (account_id, request_key, scene, openid, followed, visited_at)
select account_id, replace(request_key, $2, $3), scene, $3, followed, visited_at from gone on conflict do nothing`;

// Whoever is kept out stays out. On few lists, because operators name them.
const MOVE_LISTINGS = `
with gone as (delete from person_list where account_id = $1 and openid = $2 returning *)
insert into person_list (account_id, list, openid, added_by, added_at)
select account_id, list, $3, added_by, added_at from gone on conflict do nothing`;

/**
 * Puts a person's counts in the next activities under the pseudonym. `names`: account, openid and pseudonym. Whoever
 * draws at the same moment comes before or after: the counters' lock is theirs too.
 */
export async function foldCounts(client: pg.PoolClient, names: readonly string[]): Promise<StepEnd> {
  const found = await client.query<{ id: string }>(NEXT_ACTIVITIES, names.slice(0, 2));
  if (found.rows.length === 0) return 'nothing';
  const activities = found.rows.map((row) => row.id);
  await client.query(LOCK_COUNTERS, [names[0], activities]);
  await client.query(FOLD, [...names, activities]);
  await client.query(MOVE_CHECK_INS, [...names, activities]);
  await client.query(REMEMBER_DAYS, [names[0], names[2], activities]);
  return 'done';
}

/** Puts the next scans of scene codes under the pseudonym, so that people are still counted. */
export async function renameVisits(client: pg.PoolClient, names: readonly string[]): Promise<StepEnd> {
  const moved = await client.query(MOVE_VISITS, [...names]);
  return moved.rowCount === 0 ? 'nothing' : 'done';
}

/** Puts the person's places on lists under the pseudonym. */
export async function renameListings(client: pg.PoolClient, names: readonly string[]): Promise<StepEnd> {
  const moved = await client.query(MOVE_LISTINGS, [...names]);
  return moved.rowCount === 0 ? 'nothing' : 'done';
}

/** Removes what nothing needs: all of it, or what was heard before a time. Something heard afterwards is new. */
export async function forgetPerson(
  client: pg.PoolClient,
  { account, openid }: PersonKey,
  heardBefore: Date | null,
): Promise<void> {
  for (const [table, heardAt] of HEARD) {
    const old = heardBefore === null ? [] : [heardBefore];
    const border = heardBefore === null ? '' : `and ${heardAt} < $3`;
    await client.query(`delete from ${table} where account_id = $1 and openid = $2 ${border}`, [
      account,
      openid,
      ...old,
    ]);
  }
  // What was paid at the shop stays; who paid is forgotten, and one that was not drawn for yet never is.
  const border = heardBefore === null ? '' : 'and received_at < $3';
  const values = [account, openid, ...(heardBefore === null ? [] : [heardBefore])];
  await client.query(`update payment set openid = null where account_id = $1 and openid = $2 ${border}`, values);
}

const HEARD = [
  ['follower', 'seen_at'],
  ['web_profile', 'seen_at'],
  ['oauth_login', 'created_at'],
  ['late_reply', 'created_at'],
  ['invitation_code', 'created_at'],
] as const;

/** Texts about many people, in which an openid may have been told: by WeChat's messages, differences, operators. */
const MENTIONS = [
  ['alarm', 'message', 'text'],
  ['reconciliation', 'breaks', 'jsonb'],
  ['merchant_pace', 'no_auth', 'jsonb'],
  ['merchant', 'stopped_reason', 'text'],
  ['installation', 'sending_stopped_reason', 'text'],
  ['reissue', 'why', 'text'],
  ['reissue', 'selection', 'jsonb'],
] as const;

// A real openid has 28 characters; a short one could be part of any word.
const MENTION_LENGTH_MIN = 20;

/** Puts the pseudonym wherever a text about many people tells the openid. */
export async function renameMentions(client: pg.PoolClient, openid: string, pseudonym: string): Promise<void> {
  if (openid.length < MENTION_LENGTH_MIN) return;
  for (const [table, column, type] of MENTIONS) {
    await client.query(
      `update ${table} set ${column} = replace(${column}::text, $1, $2)::${type} where strpos(${column}::text, $1) > 0`,
      [openid, pseudonym],
    );
  }
}
