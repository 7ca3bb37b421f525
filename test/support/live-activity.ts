import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { accountId, activityId } from '../../src/base/ids.ts';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';

/** A lottery that every draw wins (1 yuan each), changed by what is given. */
export function lotteryRule(changes: Partial<ActivityRuleInput> = {}): ActivityRuleInput {
  return {
    trigger: { words: [{ match: 'exact', word: '抽奖' }], page: true },
    mechanic: { kind: 'lottery', blankTickets: 0 },
    prizes: [{ id: 'one-yuan', name: '一元红包', kind: 'red-packet', amountFen: 100, tickets: 1, stock: 10 }],
    limits: {},
    budgetFen: 1_000_000,
    texts: {
      win: '恭喜获得 {amount} 元',
      lose: '没有中奖',
      limit: '机会用完了',
      soldOut: '已抢光',
      closed: '活动未开放',
    },
    packet: { wishing: '恭喜发财', activityName: '新年活动', remark: '抽奖红包' },
    ...changes,
  };
}

/** Writes an account `main`, its merchant and one published activity straight into the database. */
export async function publishActivity(
  client: pg.Client,
  changes: Partial<ActivityRuleInput> = {},
): Promise<LiveActivity> {
  const rule = activityRuleSchema.parse(lotteryRule(changes));
  const id = randomBytes(16).toString('hex');
  const slug = `a-${id.slice(0, 8)}`;
  const at = new Date();
  await client.query(
    `insert into merchant (id, mch_id, api_key_sealed, certificate_pem, private_key_sealed, send_name, client_ip, created_at, updated_at)
     values ('main', '1900000109', '', '', '', '红包', '127.0.0.1', $1, $1) on conflict do nothing`,
    [at],
  );
  await client.query(
    `insert into account (id, app_id, app_secret_sealed, token_sealed, aes_key_sealed, message_mode, merchant_id, created_at, updated_at)
     values ('main', 'wx0000000000000001', '', '', '', 'safe', 'main', $1, $1) on conflict do nothing`,
    [at],
  );
  await client.query(
    `insert into activity (account_id, id, slug, name, state, draft, published_version, created_at, updated_at, published_at)
     values ('main', $1, $2, $2, 'published', $3, 1, $4, $4, $4)`,
    [id, slug, JSON.stringify(rule), at],
  );
  await client.query(
    `insert into rule_version (account_id, activity_id, version, rule, published_by, created_at) values ('main', $1, 1, $2, 'test', $3)`,
    [id, JSON.stringify(rule), at],
  );
  await client.query(
    `insert into activity_counter (account_id, activity_id, open, budget_fen) values ('main', $1, true, $2)`,
    [id, rule.budgetFen],
  );
  for (const prize of rule.prizes) {
    await client.query(
      `insert into prize_counter (account_id, activity_id, prize_id, stock) values ('main', $1, $2, $3)`,
      [id, prize.id, prize.stock],
    );
  }
  if (rule.budgetFen > 0) {
    await client.query(
      `insert into book_entry (account_id, activity_id, merchant_id, kind, debit, credit, amount_fen, created_at)
       values ('main', $1, 'main', 'budget', 'budget', 'funding', $2, $3)`,
      [id, rule.budgetFen, at],
    );
  }
  return {
    accountId: accountId('main'),
    id: activityId(id),
    slug,
    name: slug,
    version: 1,
    rule,
    publishedAtMs: at.getTime(),
  };
}
