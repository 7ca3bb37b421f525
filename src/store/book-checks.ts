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

/** Payouts with what their attempts say together. */
const PAYOUTS = `
select payout.*, coalesce(sends, 0) as sends, coalesce(known, false) as known, coalesce(shown_received, false) as shown_received,
  coalesce(shown_returned, false) as shown_returned, coalesce(shown_failed, false) as shown_failed,
  coalesce(shown_paid, false) as shown_paid,
  case when state = 'received' then coalesce(part_back, 0) else 0 end as part_back
from payout left join (
  select account_id, order_number, count(*) filter (where kind = 'send') as sends,
    bool_or(kind = 'send' or outcome ->> 'kind' = 'found') as known,
    bool_or(outcome ->> 'status' = 'RECEIVED' or outcome ? 'deliveredFen') as shown_received, bool_or(outcome ->> 'status' = 'REFUND') as shown_returned,
    bool_or(outcome ->> 'status' = 'FAILED') as shown_failed, bool_or(outcome ->> 'kind' = 'paid') as shown_paid,
    (array_agg((outcome ->> 'returnedFen')::bigint order by answered_at) filter (where outcome ? 'deliveredFen'))[1] as part_back
  from payout_attempt group by 1, 2
) as attempts using (account_id, order_number)`;

/** Whether an activity takes money that comes back into its budget again, as its latest rule says. */
const REOPENS = `
select distinct on (account_id, activity_id) account_id, activity_id,
  coalesce(rule #>> '{returned,money}', 'returned') = 'budget' as reopens
from rule_version order by account_id, activity_id, version desc`;

/**
 * Each award that is paid, with the payout that speaks for it (the living one, else that of the last number), how many
 * living ones it has, where its money should be and where the books have it. `part_back` came back of one of which people
 * took the other shares.
 */
const PACKETS = `
select award.account_id, award.activity_id, award.id, award.state, award.amount_fen, payout.state as payout_state,
  coalesce(living, 0) as living, coalesce(part_back, 0) as part_back,
  case when coalesce(reopens, false) then coalesce(part_back, 0) else 0 end as part_reopened,
  case when payout.state = 'received' then 'delivered'
    when payout.state = 'returned' then case when coalesce(reopens, false) then 'budget' else 'returned' end
    when payout.state = 'dead' or payout.state is null then 'reserved'
    when payout.known then 'in-flight' else 'reserved' end as place,
  coalesce(books.budget, 0) as budget, coalesce(books.reserved, 0) as reserved, coalesce(books.in_flight, 0) as in_flight,
  coalesce(books.delivered, 0) as delivered, coalesce(books.returned, 0) as returned
from award
left join (
  select distinct on (account_id, award_id) account_id, award_id, state, known, part_back,
    count(*) filter (where state not in ('dead', 'returned')) over (partition by account_id, award_id) as living
  from (${PAYOUTS}) as every order by account_id, award_id, state in ('dead', 'returned'), series desc
) as payout on payout.account_id = award.account_id and payout.award_id = award.id
left join (${REOPENS}) as rule on rule.account_id = award.account_id and rule.activity_id = award.activity_id
left join (select account_id, award_id, ${BALANCE_COLUMNS} from book_entry where award_id is not null group by 1, 2) as books
  on books.account_id = award.account_id and books.award_id = award.id
where award.state <> 'given'`;

/** What each award is compared by: what it is called, what is expected and what is found, of a row of PACKETS. */
const AWARD_CHECKS: readonly (readonly [string, string, string])[] = [
  ['award taken from budget', `case when place = 'budget' then 0 else part_reopened - amount_fen end`, 'budget'],
  ['award reserved', `case when place = 'reserved' then amount_fen else 0 end`, 'reserved'],
  ['award in flight', `case when place = 'in-flight' then amount_fen else 0 end`, 'in_flight'],
  ['award delivered', `case when place = 'delivered' then amount_fen - part_back else 0 end`, 'delivered'],
  ['award returned', `case when place = 'returned' then amount_fen else part_back - part_reopened end`, 'returned'],
  ['one living payout per award', `case when payout_state in ('dead', 'returned') then 0 else 1 end`, 'living'],
  [
    'award shows its payout',
    `case payout_state when 'dead' then 'parked' when 'unknown' then 'sending'
      when 'waiting' then case place when 'in-flight' then 'sending' else 'reserved' end
      else coalesce(payout_state, state) end`,
    'state',
  ],
];

const PER_AWARD = `
select account_id, activity_id, id as subject, compared.name as name, compared.expected, compared.found
from (${PACKETS}) as packet cross join lateral (values
  ${AWARD_CHECKS.map(([name, expected, found]) => `('${name}', (${expected})::text, (${found})::text)`).join(',\n  ')}
) as compared (name, expected, found)`;

/** Compares an activity's counter with a count of rows. */
function counted(column: string, rows: string): string {
  return `select counter.account_id, counter.activity_id, '' as subject, coalesce(rows.number, 0) as expected,
      counter.${column} as found
    from activity_counter as counter left join (${rows}) as rows using (account_id, activity_id)`;
}

/** Every check selects (account_id, activity_id, subject, expected, found), and a name of its own if it has several. */
export const BOOK_CHECKS: Readonly<Record<string, string>> = {
  award: PER_AWARD,
  'entries without their award': `select entry.account_id, entry.activity_id, entry.award_id as subject, 0 as expected, count(*) as found
    from book_entry as entry left join award on award.account_id = entry.account_id and award.id = entry.award_id
      and award.activity_id = entry.activity_id
    where entry.award_id is not null and (award.id is null or award.state = 'given') group by 1, 2, 3`,
  'budget funded': `select counter.account_id, counter.activity_id, '' as subject, counter.budget_fen as expected, coalesce(funded.fen, 0) as found
    from activity_counter as counter left join (select account_id, activity_id, -(${balance('funding')}) as fen
      from book_entry group by 1, 2) as funded using (account_id, activity_id)`,
  'fen spent': counted(
    'spent_fen',
    `select account_id, activity_id, sum(amount_fen - part_reopened) filter (where place <> 'budget') as number
      from (${PACKETS}) as packet group by 1, 2`,
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
  // Paid through another account, it goes to the openid its winner is linked with there; without a link it has none.
  'payout is its award': `select payout.account_id, payout.activity_id, payout.order_number as subject,
      concat_ws(' ', award.activity_id, case when payout.payee_account_id is null then award.openid
        else coalesce(payee_link.payee_openid, payout.openid) end, award.amount_fen) as expected,
      concat_ws(' ', payout.activity_id, payout.openid, payout.amount_fen) as found
    from payout left join award on award.account_id = payout.account_id and award.id = payout.award_id
    left join payee_link on payee_link.account_id = award.account_id and payee_link.openid = award.openid
      and payee_link.payee_account_id = payout.payee_account_id`,
  'frozen request is its payout': `select account_id, activity_id, order_number as subject,
      concat_ws(' ', order_number, openid, amount_fen, request_hash) as expected,
      concat_ws(' ', request ->> 'orderNumber', request ->> 'openid', request ->> 'amountFen',
        encode(sha256(convert_to(request::text, 'UTF8')), 'hex')) as found
    from payout where request is not null`,
  'first send is written': `select account_id, activity_id, order_number as subject, sends > 0 as expected,
      first_sent_at is not null as found from (${PAYOUTS}) as payout`,
  'end is proved': `select account_id, activity_id, order_number as subject, true as expected,
      case state when 'received' then shown_received or amount_fen = 0 and shown_paid when 'returned' then shown_returned else shown_failed end as found
    from (${PAYOUTS}) as payout where state in ('received', 'returned', 'dead')`,
  'what is under way will be called again': `select account_id, activity_id, order_number as subject,
      state in ('waiting', 'unknown', 'sent') and openid <> '' as expected, due_at is not null as found
    from payout where state <> 'parked' or (retry_at is null and ask_from is null)`,
};
