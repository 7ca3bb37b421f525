/** A row moves its amount from the credited account to the debited one. */
function balance(account: string): string {
  return `coalesce(sum(amount_fen) filter (where debit = '${account}'), 0) - coalesce(sum(amount_fen) filter (where credit = '${account}'), 0)`;
}

const BALANCE_COLUMNS = `${balance('budget')} as budget, ${balance('reserved')} as reserved,
  ${balance('in-flight')} as in_flight, ${balance('delivered')} as delivered, ${balance('returned')} as returned`;

/** The balances of every activity that was ever published. */
export const BALANCES = `
select counter.account_id, counter.activity_id, coalesce(budget, 0) as budget, coalesce(reserved, 0) as reserved,
  coalesce(in_flight, 0) as in_flight, coalesce(delivered, 0) as delivered, coalesce(returned, 0) as returned
from activity_counter as counter
left join (select account_id, activity_id, ${BALANCE_COLUMNS} from book_entry group by 1, 2) as books
  using (account_id, activity_id)
order by 1, 2`;

/** Each award that is paid, with the payout that speaks for it (the living one, else a dead one) and its money's place. */
const PACKETS = `
select award.*, payout.order_number, payout.state as payout_state, payout.merchant_id,
  case when payout.state = 'received' then 'delivered' when payout.state = 'returned' then 'returned'
    when payout.state = 'dead' or payout.order_number is null then 'reserved'
    when exists (select 1 from payout_attempt as sent where sent.account_id = payout.account_id
      and sent.order_number = payout.order_number and sent.kind = 'send') then 'in-flight'
    else 'reserved' end as place
from award left join lateral (
  select * from payout where payout.account_id = award.account_id and payout.award_id = award.id
  order by state = 'dead', created_at desc limit 1
) as payout on true
where award.state <> 'given'`;

const PER_AWARD = `
select packet.account_id, packet.activity_id, packet.id, packet.place, packet.amount_fen,
  coalesce(books.budget, 0) as budget, coalesce(books.reserved, 0) as reserved,
  coalesce(books.in_flight, 0) as in_flight, coalesce(books.delivered, 0) as delivered,
  coalesce(books.returned, 0) as returned
from (${PACKETS}) as packet
left join (select account_id, award_id, ${BALANCE_COLUMNS} from book_entry where award_id is not null group by 1, 2) as books
  on books.account_id = packet.account_id and books.award_id = packet.id`;

/** Expects an award's money in one account and nothing of it in the others. */
function awardBalance(account: string, column: string): string {
  return `select account_id, activity_id, id as subject, case when place = '${account}' then amount_fen else 0 end as expected,
    ${column} as found from (${PER_AWARD}) as award`;
}

/** Compares an activity's counter with a count of rows. */
function counted(column: string, rows: string): string {
  return `select counter.account_id, counter.activity_id, '' as subject, coalesce(rows.number, 0) as expected,
      counter.${column} as found
    from activity_counter as counter left join (${rows}) as rows using (account_id, activity_id)`;
}

const SENDS = `(select count(*) from payout_attempt as a where a.account_id = payout.account_id
  and a.order_number = payout.order_number and a.kind = 'send')`;
const SHOWN = (status: string) => `exists (select 1 from payout_attempt as a where a.account_id = payout.account_id
  and a.order_number = payout.order_number and a.outcome ->> 'status' = '${status}')`;

/** Every check selects (account_id, activity_id, subject, expected, found). */
export const BOOK_CHECKS: Readonly<Record<string, string>> = {
  'award taken from budget': `select account_id, activity_id, id as subject, -amount_fen as expected, budget as found
    from (${PER_AWARD}) as award`,
  'award reserved': awardBalance('reserved', 'reserved'),
  'award in flight': awardBalance('in-flight', 'in_flight'),
  'award delivered': awardBalance('delivered', 'delivered'),
  'award returned': awardBalance('returned', 'returned'),
  'entries without their award': `select entry.account_id, entry.activity_id, entry.award_id as subject, 0 as expected, count(*) as found
    from book_entry as entry left join award on award.account_id = entry.account_id and award.id = entry.award_id
      and award.activity_id = entry.activity_id
    where entry.award_id is not null and (award.id is null or award.state = 'given') group by 1, 2, 3`,
  'budget funded': `select counter.account_id, counter.activity_id, '' as subject, counter.budget_fen as expected, coalesce(funded.fen, 0) as found
    from activity_counter as counter left join (select account_id, activity_id, -(${balance('funding')}) as fen
      from book_entry group by 1, 2) as funded using (account_id, activity_id)`,
  'fen spent': counted(
    'spent_fen',
    'select account_id, activity_id, sum(amount_fen) as number from award group by 1, 2',
  ),
  draws: counted(
    'draws',
    `select account_id, activity_id, count(*) as number from draw where outcome <> 'refused' group by 1, 2`,
  ),
  wins: counted(
    'wins',
    `select account_id, activity_id, count(*) as number from draw where outcome = 'won' group by 1, 2`,
  ),
  'draws over all days': counted(
    'draws',
    'select account_id, activity_id, sum(draws) as number from activity_day group by 1, 2',
  ),
  'wins over all days': counted(
    'wins',
    'select account_id, activity_id, sum(wins) as number from activity_day group by 1, 2',
  ),
  'fen spent over all days': counted(
    'spent_fen',
    'select account_id, activity_id, sum(spent_fen) as number from activity_day group by 1, 2',
  ),
  'draws of all people': counted(
    'draws',
    'select account_id, activity_id, sum(draws) as number from participant group by 1, 2',
  ),
  'wins of all people': counted(
    'wins',
    'select account_id, activity_id, sum(wins) as number from participant group by 1, 2',
  ),
  'prizes drawn': `select counter.account_id, counter.activity_id, counter.prize_id as subject, coalesce(rows.number, 0) as expected, counter.drawn as found
    from prize_counter as counter left join (select account_id, activity_id, prize_id, count(*) as number from draw
      where outcome = 'won' group by 1, 2, 3) as rows using (account_id, activity_id, prize_id)`,
  'won draw has its award': `select draw.account_id, draw.activity_id, draw.request_key as subject,
      draw.award_id || ' ' || draw.openid as expected, award.id || ' ' || award.openid as found
    from draw left join award on award.account_id = draw.account_id and award.id = draw.award_id
      and award.request_key = draw.request_key and award.activity_id = draw.activity_id and award.prize_id = draw.prize_id
    where draw.outcome = 'won'`,
  'one living payout per award': `select packet.account_id, packet.activity_id, packet.id as subject, 1 as expected,
      (select count(*) from payout where payout.account_id = packet.account_id and payout.award_id = packet.id
        and payout.state <> 'dead') as found
    from (${PACKETS}) as packet where packet.payout_state is distinct from 'dead'`,
  'payout is its award': `select payout.account_id, payout.activity_id, payout.order_number as subject,
      concat_ws(' ', award.activity_id, award.openid, award.amount_fen) as expected,
      concat_ws(' ', payout.activity_id, payout.openid, payout.amount_fen) as found
    from payout left join award on award.account_id = payout.account_id and award.id = payout.award_id`,
  'frozen request is its payout': `select account_id, activity_id, order_number as subject,
      concat_ws(' ', order_number, openid, amount_fen, request_hash) as expected,
      concat_ws(' ', request ->> 'orderNumber', request ->> 'openid', request ->> 'amountFen',
        encode(sha256(convert_to(request::text, 'UTF8')), 'hex')) as found
    from payout where request is not null`,
  'award shows its payout': `select account_id, activity_id, id as subject,
      case payout_state when 'dead' then 'parked' when 'waiting' then case place when 'in-flight' then 'sending' else 'reserved' end
        when 'unknown' then 'sending' else payout_state end as expected, state as found
    from (${PACKETS}) as packet where payout_state is not null`,
  'first send is written': `select account_id, activity_id, order_number as subject, ${SENDS} > 0 as expected,
      first_sent_at is not null as found from payout`,
  'end is proved': `select account_id, activity_id, order_number as subject, true as expected,
      case state when 'received' then ${SHOWN('RECEIVED')} when 'returned' then ${SHOWN('REFUND')} else ${SHOWN('FAILED')} end as found
    from payout where state in ('received', 'returned', 'dead')`,
  'what is under way will be called again': `select account_id, activity_id, order_number as subject,
      state in ('waiting', 'unknown', 'sent') as expected, due_at is not null as found from payout`,
};
