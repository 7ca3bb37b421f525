import type { PayoutState } from '../../flows/ports/payouts.ts';
import type { WebhookEvent } from '../../flows/ports/webhooks.ts';
import { textListLiteral } from '../sql-literal.ts';

const COLUMNS = 'account_id, endpoint_id, event, award_id, order_number, occurred_at, state, due_at, retry_from';

/** Returns a query that finds a row where an endpoint of the account is told of awards. `account` is a literal. */
export function someoneListens(account: string): string {
  return `select 1 from webhook_endpoint where account_id = ${account} and state = 'on' and 'award.created' = any(events)`;
}

/**
 * Returns a statement that writes a delivery of new awards for each endpoint that listens, in the transaction that
 * writes the awards. `account` is a literal.
 */
export function noteAwards(account: string, awards: readonly string[]): string {
  return `insert into webhook_delivery (${COLUMNS})
    select endpoint.account_id, endpoint.id, 'award.created', award.id, null, award.created_at, 'waiting', award.created_at, award.created_at
    from webhook_endpoint as endpoint join award on award.account_id = ${account} and award.id = any(${textListLiteral(awards)})
    where endpoint.account_id = ${account} and endpoint.state = 'on' and 'award.created' = any(endpoint.events)`;
}

/**
 * Returns a part of a statement (of a `with`) that writes a delivery for each row of `rows`, which has account_id, award_id
 * and order_number, and each endpoint that listens. `event` and `at` are parameters; a null event tells nobody.
 */
export function noteRows(rows: string, event: string, at: string): string {
  return `insert into webhook_delivery (${COLUMNS})
    select endpoint.account_id, endpoint.id, ${event}, ${rows}.award_id, ${rows}.order_number, ${at}, 'waiting', ${at}, ${at}
    from ${rows} join webhook_endpoint as endpoint on endpoint.account_id = ${rows}.account_id
    where endpoint.state = 'on' and ${event} = any(endpoint.events)`;
}

const EVENTS: Readonly<Partial<Record<PayoutState, WebhookEvent>>> = {
  sent: 'payout.sent',
  received: 'payout.received',
  returned: 'payout.returned',
  parked: 'payout.parked',
  dead: 'payout.failed',
};

/** The event that a payout's change of state is; null where nobody outside is told of it. */
export function eventOfChange(from: PayoutState, to: PayoutState): WebhookEvent | null {
  return from === to ? null : (EVENTS[to] ?? null);
}
