/** What one person won, by what of a row of draws and awards says so. */
const AWARDED = `
select account_id, activity_id, openid, sum(amount_fen) as fen from award group by 1, 2, 3`;

/** How often one person won, and how often on the day their counts are of. */
const WON = `
select draw.account_id, draw.activity_id, draw.openid, count(*) as wins,
  count(*) filter (where (draw.created_at at time zone 'Asia/Shanghai')::date = person.day) as wins_that_day
from draw join participant as person using (account_id, activity_id, openid)
where draw.outcome = 'won' group by 1, 2, 3`;

/**
 * Activities where somebody's awards stand under a name that has no counts. An erasure leaves them so until it is through, and
 * for good where the person drew again: the counts went on under the openid, and nothing may tell the two belong together.
 * There people are compared all together only.
 */
const RENAMED = `
select distinct award.account_id, award.activity_id, true as renamed
from award left join participant using (account_id, activity_id, openid) where participant.openid is null`;

const PEOPLE = `
select person.*, coalesce(awarded.fen, 0) as awarded_fen, coalesce(won.wins, 0) as won,
  coalesce(won.wins_that_day, 0) as won_that_day
from participant as person
left join (${AWARDED}) as awarded using (account_id, activity_id, openid)
left join (${WON}) as won using (account_id, activity_id, openid)
left join (${RENAMED}) as elsewhere using (account_id, activity_id) where elsewhere.renamed is null`;

const PER_PERSON = `
select account_id, activity_id, openid as subject, compared.name as name, compared.expected, compared.found
from (${PEOPLE}) as person cross join lateral (values
  ('fen won by a person', awarded_fen, spent_fen::numeric),
  ('wins of a person', won, wins),
  -- Two processes whose clocks differ at midnight may begin a day's count again, so only too many are a fault.
  ('wins of a person on one day', least(won_that_day, wins_that_day), wins_that_day)
) as compared (name, expected, found)`;

/**
 * What the rules keep counts of and hold limits against, recomputed from draws and awards; made as BOOK_CHECKS are. Money
 * that came back does not change it: what was won stays won.
 */
export const RULE_CHECKS: Readonly<Record<string, string>> = {
  person: PER_PERSON,
  'fen won by all people': `select counter.account_id, counter.activity_id, '' as subject, coalesce(awarded.fen, 0) as expected,
      coalesce(people.fen, 0) as found
    from activity_counter as counter
    left join (select account_id, activity_id, sum(amount_fen) as fen from award group by 1, 2) as awarded using (account_id, activity_id)
    left join (select account_id, activity_id, sum(spent_fen) as fen from participant group by 1, 2) as people using (account_id, activity_id)`,
  'fen won of a prize': `select account_id, activity_id, prize_id as subject, coalesce(awarded.fen, 0) as expected, counter.spent_fen as found
    from prize_counter as counter full join (select account_id, activity_id, prize_id, sum(amount_fen) as fen from award group by 1, 2, 3) as awarded
      using (account_id, activity_id, prize_id)`,
  // A day on which nothing of worth was won may have no row.
  'fen won on a day': `select account_id, activity_id, day::text as subject, coalesce(awarded.fen, 0) as expected, coalesce(counter.won_fen, 0) as found
    from activity_day as counter full join (select account_id, activity_id, (created_at at time zone 'Asia/Shanghai')::date as day,
      sum(amount_fen) as fen from award group by 1, 2, 3) as awarded using (account_id, activity_id, day)`,
  'draws by hour of a day': `select account_id, activity_id, day::text as subject, draws || ' ' || wins as expected, by_hour.draws_then || ' ' || wins_then as found
    from activity_day join (select account_id, activity_id, day, sum(number) as draws_then, sum(wins) as wins_then from activity_tally
      where kind = 'hour' group by 1, 2, 3) as by_hour using (account_id, activity_id, day)`,
  // Both go up in one transaction; a pool of which nothing was used yet may belong to no activity.
  'codes used of a pool': `select account_id, coalesce(activity_id, '') as activity_id, id as subject, coalesce(written.uses, 0) as expected, used as found
    from code_pool left join (select account_id, pool_id as id, count(*) as uses from code_use group by 1, 2) as written using (account_id, id)`,
};
