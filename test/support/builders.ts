import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { beijingDay, beijingHour } from '../../src/base/beijing-day.ts';
import { fen } from '../../src/base/fen.ts';
import type { Fen } from '../../src/base/fen.ts';
import { accountId, activityId, awardId, merchantId, openid } from '../../src/base/ids.ts';
import type { AccountId, ActivityId, AwardId, MerchantId, Openid, OrderNumber } from '../../src/base/ids.ts';
import { orderNumber } from '../../src/base/order-number.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { fixedAmountFen } from '../../src/rules/prize-schema.ts';
import type { ActivityRule, ActivityRuleInput } from '../../src/rules/activity-rule.ts';

/** Midday in Beijing on a day with nothing special about it: the time rows are written at unless one is given. */
export const NOON_MS = Date.parse('2026-11-21T12:00:00+08:00');

/** What every built activity is called. */
export const ACTIVITY_NAME = '新年活动';

/** A random 128-bit id. */
export function randomId(): string {
  return randomBytes(16).toString('hex');
}

/** A random person of the account. */
export function somebody(): Openid {
  return openid(`oTest0${randomBytes(11).toString('hex')}`);
}

export interface BuiltMerchant {
  readonly id: MerchantId;
  readonly mchId: string;
}

/** Writes a merchant. Its secrets are sealed nowhere: the columns hold what is given, or nothing. */
export async function buildMerchant(
  client: pg.ClientBase,
  given: Partial<{
    id: string;
    mchId: string;
    sendName: string;
    clientIp: string;
    apiKeySealed: string;
    certificatePem: string;
    privateKeySealed: string;
  }> = {},
): Promise<BuiltMerchant> {
  const id = merchantId(given.id ?? 'main');
  const mchId = given.mchId ?? '1900000109';
  await client.query(
    `insert into merchant (id, mch_id, api_key_sealed, certificate_pem, private_key_sealed, send_name, client_ip, created_at, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $8) on conflict do nothing`,
    [
      id,
      mchId,
      given.apiKeySealed ?? '',
      given.certificatePem ?? '',
      given.privateKeySealed ?? '',
      given.sendName ?? '红包商户',
      given.clientIp ?? '127.0.0.1',
      new Date(NOON_MS),
    ],
  );
  return { id, mchId };
}

export interface BuiltAccount {
  readonly id: AccountId;
  readonly appId: string;
  readonly merchant: BuiltMerchant;
}

/** Writes an Official Account paid by the merchant given (a merchant `main` is written when none is). */
export async function buildAccount(
  client: pg.ClientBase,
  given: Partial<{ id: string; appId: string; merchant: BuiltMerchant }> = {},
): Promise<BuiltAccount> {
  const merchant = given.merchant ?? (await buildMerchant(client));
  const id = accountId(given.id ?? 'main');
  const appId = given.appId ?? 'wx0000000000000001';
  await client.query(
    `insert into account (id, app_id, app_secret_sealed, token_sealed, aes_key_sealed, message_mode, merchant_id, created_at, updated_at)
     values ($1, $2, '', '', '', 'safe', $3, $4, $4) on conflict do nothing`,
    [id, appId, merchant.id, new Date(NOON_MS)],
  );
  return { id, appId, merchant };
}

export interface BuiltActivity {
  readonly account: BuiltAccount;
  readonly id: ActivityId;
  readonly slug: string;
  readonly version: number;
  readonly rule: ActivityRule;
}

/** Writes a published activity whose every draw wins one yuan, changed by the rule parts given. */
export async function buildActivity(
  client: pg.ClientBase,
  given: { account?: BuiltAccount; rule?: Partial<ActivityRuleInput> } = {},
): Promise<BuiltActivity> {
  const account = given.account ?? (await buildAccount(client));
  const rule = activityRuleSchema.parse(payingRule(given.rule));
  const id = activityId(randomId());
  const slug = `a-${id.slice(0, 12)}`;
  const at = new Date(NOON_MS);
  await client.query(
    `insert into activity (account_id, id, slug, name, state, draft, published_version, created_at, updated_at, published_at)
     values ($1, $2, $3, $6, 'published', $4, 1, $5, $5, $5)`,
    [account.id, id, slug, JSON.stringify(rule), at, ACTIVITY_NAME],
  );
  await client.query(
    `insert into rule_version (account_id, activity_id, version, rule, published_by, created_at) values ($1, $2, 1, $3, 'test', $4)`,
    [account.id, id, JSON.stringify(rule), at],
  );
  await client.query(
    `insert into activity_counter (account_id, activity_id, open, budget_fen) values ($1, $2, true, $3)`,
    [account.id, id, rule.budgetFen],
  );
  for (const prize of rule.prizes) {
    await client.query(`insert into prize_counter (account_id, activity_id, prize_id, stock) values ($1, $2, $3, $4)`, [
      account.id,
      id,
      prize.id,
      prize.stock,
    ]);
  }
  if (rule.budgetFen > 0) {
    await client.query(
      `insert into book_entry (account_id, activity_id, merchant_id, kind, debit, credit, amount_fen, created_at)
     values ($1, $2, $3, 'budget', 'budget', 'funding', $4, $5)`,
      [account.id, id, account.merchant.id, rule.budgetFen, at],
    );
  }
  return { account, id, slug, version: 1, rule };
}

export interface BuiltWin {
  readonly accountId: AccountId;
  readonly activityId: ActivityId;
  readonly awardId: AwardId;
  readonly orderNumber: OrderNumber;
  readonly openid: Openid;
  readonly amountFen: Fen;
}

/** Writes a won draw as the draw store leaves it: draw, award, payout waiting and due, book entry and counters. */
export async function buildWin(
  client: pg.ClientBase,
  activity: BuiltActivity,
  given: Partial<{ openid: Openid; prizeId: string; awardId: AwardId; dueAtMs: number; orderPrefix: string }> = {},
): Promise<BuiltWin> {
  const prizes = activity.rule.prizes.filter((prize) => 'amountFen' in prize || prize.kind === 'coupon');
  const prize = prizes.find((item) => item.id === given.prizeId) ?? prizes[0];
  if (prize === undefined) throw new Error('the rule has no coupon or packet of a fixed amount to win');
  const award = given.awardId ?? awardId(randomId());
  const win: BuiltWin = {
    accountId: activity.account.id,
    activityId: activity.id,
    awardId: award,
    orderNumber: orderNumber(award, given.orderPrefix ?? 'test'),
    openid: given.openid ?? somebody(),
    amountFen: fen(fixedAmountFen(prize) ?? 0),
  };
  await writeWin(client, activity, win, { prizeId: prize.id, at: new Date(given.dueAtMs ?? NOON_MS) });
  return win;
}

async function writeWin(
  client: pg.ClientBase,
  activity: BuiltActivity,
  win: BuiltWin,
  { prizeId, at }: { prizeId: string; at: Date },
): Promise<void> {
  const key = `m:test:${win.awardId}`;
  const where = [win.accountId, win.activityId];
  await client.query(
    `insert into draw (account_id, request_key, activity_id, rule_version, openid, outcome, prize_id, award_id, ticket, reply, trace, created_at)
     values ($1, $3, $2, $4, $5, 'won', $6, $7, 0, '', '{}', $8)`,
    [...where, key, activity.version, win.openid, prizeId, win.awardId, at],
  );
  await client.query(
    `insert into award (account_id, id, activity_id, prize_id, openid, request_key, amount_fen, state, created_at, updated_at)
     values ($1, $3, $2, $4, $5, $6, $7, 'reserved', $8, $8)`,
    [...where, win.awardId, prizeId, win.openid, key, win.amountFen, at],
  );
  await client.query(
    `insert into payout (account_id, order_number, award_id, activity_id, merchant_id, openid, amount_fen, state, due_at, created_at, updated_at)
     values ($1, $3, $4, $2, $5, $6, $7, 'waiting', $8, $8, $8)`,
    [...where, win.orderNumber, win.awardId, activity.account.merchant.id, win.openid, win.amountFen, at],
  );
  await client.query(
    `insert into book_entry (account_id, activity_id, merchant_id, award_id, kind, debit, credit, amount_fen, created_at)
     select $1, $2, $3, $4, 'award', 'reserved', 'budget', $5::bigint, $6::timestamptz where $5::bigint > 0`,
    [...where, activity.account.merchant.id, win.awardId, win.amountFen, at],
  );
  await countWin(client, win, { prizeId, at });
}

async function countWin(
  client: pg.ClientBase,
  win: BuiltWin,
  { prizeId, at }: { prizeId: string; at: Date },
): Promise<void> {
  const where = [win.accountId, win.activityId];
  await client.query(
    `update activity_counter set spent_fen = spent_fen + $3, draws = draws + 1, wins = wins + 1 where account_id = $1 and activity_id = $2`,
    [...where, win.amountFen],
  );
  await client.query(
    `update prize_counter set drawn = drawn + 1, spent_fen = spent_fen + $4 where account_id = $1 and activity_id = $2 and prize_id = $3`,
    [...where, prizeId, win.amountFen],
  );
  await client.query(
    `insert into activity_day (account_id, activity_id, day, draws, wins, spent_fen, won_fen) values ($1, $2, $3, 1, 1, $4, $4)
     on conflict (account_id, activity_id, day) do update set draws = activity_day.draws + 1, wins = activity_day.wins + 1,
       spent_fen = activity_day.spent_fen + excluded.spent_fen, won_fen = activity_day.won_fen + excluded.won_fen`,
    [...where, beijingDay(at.getTime()), win.amountFen],
  );
  await client.query(
    `insert into activity_tally (account_id, activity_id, kind, day, name, number, wins, won_fen) values ($1, $2, 'hour', $3, $4, 1, 1, $5)
     on conflict (account_id, activity_id, kind, day, name) do update set number = activity_tally.number + 1,
       wins = activity_tally.wins + 1, won_fen = activity_tally.won_fen + excluded.won_fen`,
    [...where, beijingDay(at.getTime()), beijingHour(at.getTime()), win.amountFen],
  );
  await client.query(
    `insert into participant (account_id, activity_id, openid, draws, day, draws_that_day, wins, wins_that_day, spent_fen, streak_days, check_ins)
     values ($1, $2, $3, 1, $4, 1, 1, 1, $5, 0, 0)
     on conflict (account_id, activity_id, openid) do update set draws = participant.draws + 1,
       draws_that_day = participant.draws_that_day + 1, wins = participant.wins + 1,
       wins_that_day = participant.wins_that_day + 1, spent_fen = participant.spent_fen + excluded.spent_fen`,
    [...where, win.openid, beijingDay(at.getTime()), win.amountFen],
  );
}

function payingRule(changes: Partial<ActivityRuleInput> = {}): ActivityRuleInput {
  return {
    trigger: { words: [{ match: 'exact', word: '抽奖' }], page: true },
    mechanic: { kind: 'lottery', blankTickets: 0 },
    prizes: [{ id: 'one-yuan', name: '一元红包', kind: 'red-packet', amountFen: 100, tickets: 1, stock: 1_000_000 }],
    limits: {},
    budgetFen: 100_000_000,
    texts: { win: '恭喜获得 {amount} 元', lose: '没有中奖', limit: '机会用完了', soldOut: '已抢光', closed: '未开放' },
    packet: { wishing: '恭喜发财', activityName: '新年活动', remark: '抽奖红包' },
    ...changes,
  };
}
