/** The bit of a day in its month, as participant.state has it. */
export const DAY_BIT = `1::bigint << (extract(day from day)::integer - 1)`;

/** What each check-in mechanic remembers of each person, for people of whom days are remembered. */
const CALENDARS = `
select account_id, activity_id, openid, check_in_day, own.value -> 'months' as months
from participant cross join lateral jsonb_each(state) as own
where jsonb_typeof(own.value -> 'months') = 'object'`;

/** Months that nothing looks back on are not compared. */
const REMEMBERED = `
select account_id, activity_id, openid, one.key as month, case when jsonb_typeof(one.value) = 'number' then one.value::bigint end as days
from (${CALENDARS}) as calendar cross join lateral jsonb_each(months) as one
where one.key >= to_char(check_in_day - interval '1 year', 'YYYY-MM')`;

const WRITTEN = `
select account_id, activity_id, openid, to_char(day, 'YYYY-MM') as month, bit_or(${DAY_BIT}) as days
from check_in join (${CALENDARS}) as calendar using (account_id, activity_id, openid)
where to_char(day, 'YYYY-MM') >= to_char(check_in_day - interval '1 year', 'YYYY-MM')
group by 1, 2, 3, 4`;

/** The days people checked in on, recomputed from the rows of those days; made as BOOK_CHECKS are. */
export const CHECK_IN_CHECKS: Readonly<Record<string, string>> = {
  'days checked in of a month': `select account_id, activity_id, openid || ' ' || month as subject,
      coalesce(written.days, 0) as expected, coalesce(remembered.days, 0) as found
    from (${WRITTEN}) as written full join (${REMEMBERED}) as remembered using (account_id, activity_id, openid, month)`,
  'last day checked in': `select account_id, activity_id, openid as subject, days.last as expected, person.check_in_day as found
    from (select account_id, activity_id, openid, check_in_day from participant where check_in_day is not null) as person
    full join (select account_id, activity_id, openid, max(day) as last from check_in group by 1, 2, 3) as days
      using (account_id, activity_id, openid)`,
  // Days of before they were written one by one are only in the sum.
  'days checked in': `select account_id, activity_id, openid as subject, greatest(days.number, check_ins) as expected, check_ins as found
    from participant join (select account_id, activity_id, openid, count(*) as number from check_in group by 1, 2, 3) as days
      using (account_id, activity_id, openid)`,
};
