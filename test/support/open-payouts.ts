import type pg from 'pg';
import type { OpenState } from '../../src/flows/ports/payment-reads.ts';
import { hashOf } from '../../src/store/payout-request.ts';
import { buildWin } from './builders.ts';
import type { BuiltActivity, BuiltWin } from './builders.ts';

const HOUR_MS = 3_600_000;

/**
 * Writes a payout as an evening of empty balance leaves it: one send refused with NOTENOUGH and, when it is dead, a
 * query that proves it. One that waits was never sent.
 */
export async function buildOpenPayout(
  client: pg.ClientBase,
  activity: BuiltActivity,
  given: {
    readonly state: OpenState;
    readonly sentHoursAgo: number;
    readonly raw?: string;
    readonly dueAtMs?: number;
    /** What the send was answered with. */
    readonly code?: string;
    readonly message?: string;
  },
): Promise<BuiltWin> {
  const { state, code = 'NOTENOUGH', message = '余额不足', raw = '<xml></xml>' } = given;
  const sentAt = new Date(Date.now() - given.sentHoursAgo * HOUR_MS);
  const win = await buildWin(client, activity, { dueAtMs: sentAt.getTime() });
  const key = [win.accountId, win.orderNumber];
  const rests = state === 'parked' || state === 'dead';
  const dueAt = rests ? null : new Date(given.dueAtMs ?? sentAt.getTime());
  await client.query(
    'update payout set state = $3, due_at = $4, updated_at = $5 where account_id = $1 and order_number = $2',
    [...key, state, dueAt, sentAt],
  );
  if (state === 'waiting') return win;
  await client.query(
    `update payout set reason = $3, first_sent_at = $4, last_sent_at = $4, next_call = $5, request = frozen.body,
      request_hash = ${hashOf('frozen.body')}
     from (select order_number as number, jsonb_build_object('orderNumber', order_number, 'openid', openid,
       'amountFen', amount_fen, 'wishing', '恭喜发财', 'sceneId', null) as body from payout) as frozen
     where frozen.number = order_number and account_id = $1 and order_number = $2`,
    [...key, `${code}: ${message}`, sentAt, state === 'unknown' ? 'query' : 'send'],
  );
  await book(client, win, { kind: 'send', debit: 'in-flight', credit: 'reserved', at: sentAt });
  if (state === 'dead') await book(client, win, { kind: 'failed', debit: 'reserved', credit: 'in-flight', at: sentAt });
  await client.query('update award set state = $3 where account_id = $1 and id = $2', [
    win.accountId,
    win.awardId,
    state === 'unknown' ? 'sending' : 'parked',
  ]);
  const outcome = { kind: state === 'unknown' ? 'unknown' : 'refused', code, message: `${message} ${win.openid}` };
  const answer = raw.replace('</xml>', `<re_openid>${win.openid}</re_openid></xml>`);
  await attempt(client, win, { number: 1, kind: 'send', at: sentAt, outcome, raw: answer });
  if (state === 'dead') {
    const failed = { kind: 'found', status: 'FAILED', reason: message, returnedFen: 0, openedAtMs: null };
    await attempt(client, win, { number: 2, kind: 'query', at: sentAt, outcome: failed, raw: '<xml/>' });
  }
  return win;
}

async function book(
  client: pg.ClientBase,
  win: BuiltWin,
  given: { kind: string; debit: string; credit: string; at: Date },
): Promise<void> {
  await client.query(
    `insert into book_entry (account_id, activity_id, merchant_id, award_id, kind, debit, credit, amount_fen, created_at)
     select account_id, activity_id, merchant_id, award_id, $3, $4, $5, amount_fen, $6
     from payout where account_id = $1 and order_number = $2`,
    [win.accountId, win.orderNumber, given.kind, given.debit, given.credit, given.at],
  );
}

async function attempt(
  client: pg.ClientBase,
  win: BuiltWin,
  given: { number: number; kind: 'send' | 'query'; at: Date; outcome: object; raw: string },
): Promise<void> {
  await client.query(
    `insert into payout_attempt (account_id, order_number, attempt, kind, lease_token, started_at, answered_at, outcome, raw_answer)
     values ($1, $2, $3, $4, 'l', $5, $6, $7, $8)`,
    [
      win.accountId,
      win.orderNumber,
      given.number,
      given.kind,
      given.at,
      new Date(given.at.getTime() + 320),
      given.outcome,
      given.raw,
    ],
  );
}
