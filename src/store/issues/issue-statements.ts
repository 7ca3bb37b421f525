const ms = (column: string, name: string): string => `(extract(epoch from ${column}) * 1000)::float8 as "${name}"`;

/** Lines removed by one statement. */
const REMOVED_AT_ONCE = 50_000;

// A duplicate openid in a million lines is found by sorting them all, which takes some seconds. Of lines that have just come in
// there are no statistics: taken for a few, they would be sorted anew for each of them.
export const LONG_STATEMENTS = `set local statement_timeout = '3min'; set local work_mem = '64MB'; set local enable_nestloop = off`;

export const PAYER = `select (select jsonb_build_object('limits', jsonb_build_object('amountMinFen', amount_min_fen,
      'amountMaxFen', amount_max_fen, 'scenes', scenes, 'personDayFen', person_day_fen, 'dayFen', day_fen))
    from merchant where merchant.id = (select payer.merchant_id from account as payer
      where payer.id = coalesce(account.pays_through, account.id))) as payer
  from account where id = $1`;

export const CREATE = `insert into issue_batch (account_id, id, activity_id, name, note, packet, default_amount_fen,
    lines_per_minute, state, prepared_by, prepared_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, 'empty', $9, $10)`;

export const BATCHES = `select batch.account_id as account, batch.id, activity_id as activity, name, note, packet,
    default_amount_fen as "defaultAmountFen", lines_per_minute as "linesPerMinute", batch.state, file_name as "fileName",
    (select twin.id from issue_batch as twin where twin.account_id = batch.account_id and twin.file_hash = batch.file_hash
      and twin.id <> batch.id and twin.state not in ('cancelled', 'refused') order by twin.prepared_at limit 1) as "sameFileAs",
    lines, faulty, people, amount_fen::float8 as "amountFen", amount_min_fen as "amountMinFen", amount_max_fen as "amountMaxFen",
    issued, issued_fen::float8 as "issuedFen", prepared_by as "preparedBy", ${ms('prepared_at', 'preparedAtMs')},
    confirmed_by as "confirmedBy", ${ms('confirmed_at', 'confirmedAtMs')}, decided_by as "decidedBy",
    ${ms('decided_at', 'decidedAtMs')}, ${ms('finished_at', 'finishedAtMs')}, reason
  from issue_batch as batch`;

export const PAGE = `${BATCHES} where batch.account_id = $1 and (batch.prepared_at, batch.id) < ($2, $3)
  order by batch.prepared_at desc, batch.id desc limit $4`;

/** While a file is read `due_at` is when that began. */
export const BEGIN_READING = `update issue_batch set state = 'reading', file_name = $3, file_hash = null, lines = null, faulty = 0,
    people = 0, amount_fen = 0, amount_min_fen = null, amount_max_fen = null, reason = null, due_at = $4
  where account_id = $1 and id = $2 and (state in ('empty', 'prepared') or (state = 'reading' and due_at < $5))`;

// By their places: joined by keys, lines without statistics would be looked through once for each of them.
export const REMOVE_LINES = `delete from issue_line where ctid = any(array(
    select ctid from issue_line where account_id = $1 and batch_id = $2 limit ${REMOVED_AT_ONCE}))`;

export const MARK_DUPLICATES = `update issue_line set fault = 'duplicate' from (
    select line, row_number() over (partition by openid order by line) as place from issue_line
    where account_id = $1 and batch_id = $2 and fault is null) as placed
  where account_id = $1 and batch_id = $2 and issue_line.line = placed.line and placed.place > 1`;

export const END_READING = `update issue_batch set state = 'prepared', due_at = null, file_hash = $3, lines = $4, faulty = counted.faulty,
    people = counted.people, amount_fen = counted.fen, amount_min_fen = counted.least, amount_max_fen = counted.most
  from (select count(*) filter (where fault is not null) as faulty, count(*) filter (where fault is null) as people,
      coalesce(sum(amount_fen) filter (where fault is null), 0) as fen, min(amount_fen) filter (where fault is null) as least,
      max(amount_fen) filter (where fault is null) as most
    from issue_line where account_id = $1 and batch_id = $2) as counted
  where account_id = $1 and id = $2 and state = 'reading'`;

export const GIVE_UP_READING = `update issue_batch set state = 'empty', due_at = null, reason = $3
  where account_id = $1 and id = $2 and state = 'reading'`;

const SHOWN = `select line, item.openid, item.amount_fen as "amountFen", note, fault, text, award.state as award,
    payout.order_number as "orderNumber", payout.reason
  from issue_line as item
  left join award on award.account_id = item.account_id and award.request_key = 'i:' || item.batch_id || ':' || item.line
  left join lateral (select order_number, reason from payout where payout.account_id = award.account_id
    and payout.award_id = award.id order by series desc limit 1) as payout on true
  where item.account_id = $1 and item.batch_id = $2 and line > $3`;
export const LINES = `${SHOWN} order by line limit $4`;
export const FAULTY_LINES = `${SHOWN} and fault is not null order by line limit $4`;

export const APPROVAL_LIMIT = `select above_fen::float8 as fen from approval_limit where kind = 'batch'`;
export const CONFIRMED_ALONE = `select coalesce(sum(amount_fen), 0)::float8 as fen from issue_batch
  where account_id = $1 and confirmed_at >= $2 and decided_by is null and state in ('running', 'paused', 'finished', 'cancelled')`;

export const MOVE = `update issue_batch set state = $4, reason = null,
    confirmed_by = coalesce($6, confirmed_by), confirmed_at = case when $6::text is null then confirmed_at else $5 end,
    decided_by = coalesce($7, decided_by), decided_at = case when $7::text is null then decided_at else $5 end,
    finished_at = case when $4 in ('finished', 'cancelled', 'refused') then $5::timestamptz end,
    due_at = case when $4 = 'running' then $5::timestamptz end
  where account_id = $1 and id = $2 and state = any($3::text[])
    and (state <> 'asked' or decided_by is null or $4 not in ('refused', 'cancelled'))`;

export const BEGIN_APPROVAL = `update issue_batch set decided_by = $3, decided_at = $4
  where account_id = $1 and id = $2 and state = 'asked' and (decided_by is null or decided_by = $3 or decided_at < $5)`;
export const GIVE_UP_APPROVAL = `update issue_batch set decided_by = null, decided_at = null
  where account_id = $1 and id = $2 and state = 'asked' and decided_by = $3`;

export const CLAIM = `with due as materialized (
  select account_id, id from issue_batch where state = 'running' and due_at <= $1
  order by due_at limit 1 for update skip locked
)
update issue_batch set due_at = $2 from due where issue_batch.account_id = due.account_id and issue_batch.id = due.id
returning issue_batch.account_id as account, issue_batch.id, activity_id as activity, issued_through as "issuedThrough",
  lines_per_minute as "linesPerMinute"`;

export const ACTIVITY = `select activity.account_id as "accountId", activity.id, slug, activity.name, published_version as version,
    rule as stored, ${ms('published_at', 'publishedAtMs')}, account.pays_through as "paysThrough"
  from issue_batch as batch join activity on activity.account_id = batch.account_id and activity.id = batch.activity_id
  join account on account.id = batch.account_id
  join rule_version on rule_version.account_id = activity.account_id and rule_version.activity_id = activity.id
    and version = published_version
  where batch.account_id = $1 and batch.id = $2`;

export const NEXT_LINES = `select line, openid, amount_fen as "amountFen" from issue_line
  where account_id = $1 and batch_id = $2 and line > $3 and fault is null order by line limit $4`;

export const ADVANCE = `update issue_batch set issued_through = $4, issued = issued + $5, issued_fen = issued_fen + $6
  where account_id = $1 and id = $2 and issued_through = $3`;

export const PUT_BACK = `update issue_batch set due_at = $3, reason = $4 where account_id = $1 and id = $2 and state = 'running'`;

const OLD = `batch.prepared_at < $1 and batch.state in ('empty', 'reading', 'prepared', 'asked')`;
export const FORGET_LINES = `delete from issue_line where ctid = any(array(
    select item.ctid from issue_batch as batch
    join issue_line as item on item.account_id = batch.account_id and item.batch_id = batch.id
    where (${OLD}) or batch.finished_at < $2 limit ${REMOVED_AT_ONCE}))`;
export const FORGET_BATCHES = `delete from issue_batch as batch where ${OLD}`;
