import type pg from 'pg';
import type { ActivityId } from '../../src/base/ids.ts';
import { createPayoutRules } from '../../src/flows/payout-rules.ts';
import type { PayoutStore, Rail } from '../../src/flows/ports/payouts.ts';
import { REISSUE_MAX } from '../../src/flows/ports/reissues.ts';
import { createPool } from '../../src/store/database.ts';
import { createPayoutStore } from '../../src/store/payout-store.ts';
import { createReissueStore } from '../../src/store/reissue-store.ts';
import { verifyBooks } from '../../src/store/verify-books.ts';
import { buildAccount, buildActivity, buildMerchant, buildWin } from '../support/builders.ts';
import type { BuiltActivity } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import type { MerchantRow } from './payout-tables.ts';
import { inCallOrder } from './memory-claim.ts';
import type { PayoutView, PlayedActivity, SimulatedStore, StoreView, Win } from './simulated-store.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A database that worlds use one after another. */
export interface RealDatabase {
  /** An empty store on the world's time, which stands still while a statement is under way. */
  store(time: VirtualTime): Promise<SimulatedStore>;
  close(): Promise<void>;
}

/** What a run writes to, children before their parents. */
const TABLES =
  'reissue_item reissue alarm payout_attempt payout book_entry award draw participant activity_day activity_tally activity_counter prize_counter payout_tally payout_person_day merchant_pace merchant installation'.split(
    ' ',
  );

const VIEW = `
select payout.account_id as "accountId", order_number as "orderNumber", award_id as "awardId",
  payout.activity_id as "activityId", merchant_id as "merchantId", payout.openid, payout.amount_fen::int as "amountFen",
  payout.state, award.state as award, reason, series, coalesce(request ->> 'rail', 'red-packet') as rail,
  (select attempt.outcome ->> 'packageInfo' from payout_attempt as attempt
    where attempt.account_id = payout.account_id and attempt.order_number = payout.order_number
      and attempt.outcome ? 'packageInfo' order by attempt.attempt desc limit 1) as "packageInfo"
from payout join award on award.account_id = payout.account_id and award.id = payout.award_id
order by order_number`;

const NEXT_DUE = `select extract(epoch from min(greatest(due_at, coalesce(lease_until, due_at))))::float8 * 1000 as due
  from payout where due_at is not null`;

const BALANCE = `select coalesce(sum(case when debit = $2 then amount_fen else 0 end
    - case when credit = $2 then amount_fen else 0 end), 0)::int as fen
  from book_entry where activity_id = $1`;

/** Opens a database of the server that TEST_DATABASE_URL names. */
export async function openRealDatabase(): Promise<RealDatabase> {
  const database = await freshDatabase();
  const pool = createPool({ url: database.url, connectionsMax: 4, name: 'simulation' }, quietLogger());
  await database.client.query('create schema backup');
  return {
    async store(time) {
      await emptyDatabase(database.client);
      return new RealStore(database.client, pool, time);
    },
    async close() {
      await pool.end();
      await database.close();
    },
  };
}

/** The product's own store on Postgres. */
class RealStore implements SimulatedStore {
  readonly payouts: PayoutStore;
  readonly #client: pg.Client;
  readonly #pool: pg.Pool;
  readonly #time: VirtualTime;
  /** As the world names them. */
  readonly #activities = new Map<string, BuiltActivity>();

  constructor(client: pg.Client, pool: pg.Pool, time: VirtualTime) {
    this.#client = client;
    this.#pool = pool;
    this.#time = time;
    this.payouts = holding(createPayoutStore({ pool, rules: createPayoutRules() }), time);
  }

  begin(merchants: readonly MerchantRow[], activities: readonly PlayedActivity[]): Promise<void> {
    return this.#time.hold(async () => {
      for (const [index, row] of merchants.entries()) {
        const activity = activities[index];
        if (activity !== undefined) this.#activities.set(activity.id, await this.#build(row, activity));
      }
    });
  }

  async #build(row: MerchantRow, activity: PlayedActivity): Promise<BuiltActivity> {
    const client = this.#client;
    const merchant = await buildMerchant(client, { id: row.id, mchId: row.mchId });
    const { personDayPackets, personDayFen, dayFen, spacingMs, callsMax } = row.limits;
    await client.query(
      `update merchant set person_day_packets = $2, person_day_fen = $3, day_fen = $4, spacing_us = $5, calls_max = $6,
         rail = $7 where id = $1`,
      [row.id, personDayPackets, personDayFen, dayFen, spacingMs * 1000, callsMax, row.rail ?? 'red-packet'],
    );
    const { accountId: id, appId } = activity;
    const account = await buildAccount(client, { id, appId, merchant });
    return buildActivity(client, { account, rule: ruleOf(activity) });
  }

  win(win: Win): Promise<boolean> {
    return this.#time.hold(async () => {
      const activity = this.#activity(win.activityId);
      if ((await this.#balance(activity.id, 'budget')) < win.amountFen) return false;
      const { awardId, openid } = win;
      await buildWin(this.#client, activity, { awardId, openid, prizeId: `p${win.amountFen}`, dueAtMs: win.atMs });
      await this.#client.query('update payout set class = $2 where award_id = $1', [win.awardId, win.class]);
      return true;
    });
  }

  view(): Promise<StoreView> {
    return this.#time.hold(async () => {
      const { rows } = await this.#client.query<PayoutView>(VIEW);
      const names = new Map([...this.#activities].map(([name, built]) => [built.id, name as ActivityId]));
      const stopped = await this.#client.query<{ id: StoreView['stoppedMerchants'][number] }>(
        `select id from merchant where state = 'stopped' order by id`,
      );
      return {
        payouts: rows.map((row) => ({ ...row, activityId: names.get(row.activityId) ?? row.activityId })),
        stoppedMerchants: stopped.rows.map((row) => row.id),
      };
    });
  }

  /** Each merchant's in a request of its own. */
  async askReissue(nowMs: number, rail: Rail | null): Promise<(nowMs: number) => Promise<number>> {
    const reissues = createReissueStore({ pool: this.#pool, payoutsMax: REISSUE_MAX });
    const asked: string[] = [];
    await this.#time.hold(async () => {
      for (const { account } of this.#activities.values()) {
        const period = { fromMs: 0, untilMs: nowMs + 1, reason: null, activityId: null };
        const selection = { merchantId: account.merchant.id, ...period, rail };
        if ((await reissues.candidates(selection, 1)).length === 0) continue;
        const id = `${nowMs} ${account.merchant.id}`;
        await reissues.request({ id, selection, why: 'proved unpaid', operatorId: 'one', nowMs });
        asked.push(id);
      }
    });
    const approve = async (id: string, atMs: number): Promise<number> => {
      const decision = { id, decision: 'approved', operatorId: 'another', nowMs: atMs, orderPrefix: 'test' } as const;
      const { items } = await reissues.decide(decision, () => undefined);
      return items.filter((item) => item.newOrderNumber !== null).length;
    };
    return (atMs) =>
      this.#time.hold(async () => {
        let issued = 0;
        for (const id of asked) issued += await approve(id, atMs);
        return issued;
      });
  }

  nextDueMs(): Promise<number | null> {
    return this.#time.hold(async () => {
      const { rows } = await this.#client.query<{ due: number | null }>(NEXT_DUE);
      return rows[0]?.due ?? null;
    });
  }

  balanceFen(activity: ActivityId, account: string): Promise<number> {
    return this.#time.hold(() => this.#balance(this.#activity(activity).id, account));
  }

  async #balance(activity: ActivityId, account: string): Promise<number> {
    const { rows } = await this.#client.query<{ fen: number }>(BALANCE, [activity, account]);
    return rows[0]?.fen ?? 0;
  }

  async backup(): Promise<() => Promise<void>> {
    const client = this.#client;
    const copy = TABLES.map(
      (table) => `drop table if exists backup.${table}; create table backup.${table} as table ${table}`,
    );
    await this.#time.hold(() => client.query(copy.join(';')));
    const restore = [
      'set session_replication_role = replica',
      ...TABLES.map((table) => `delete from ${table}`),
      ...TABLES.map((table) => `insert into ${table} overriding system value table backup.${table}`),
      'set session_replication_role = origin',
    ];
    return async () => void (await this.#time.hold(() => client.query(restore.join(';'))));
  }

  differences(): Promise<readonly string[]> {
    return this.#time.hold(async () => {
      const { differences } = await verifyBooks(this.#pool);
      return differences.map((item) => `${item.check} ${item.subject}: ${item.expected} <> ${item.found}`);
    });
  }

  async close(): Promise<void> {
    // The database goes on to the next world.
  }

  #activity(name: ActivityId): BuiltActivity {
    const activity = this.#activities.get(name);
    if (activity === undefined) throw new Error(`no activity ${name}`);
    return activity;
  }
}

/** A prize for every amount that is won, its id made from the amount. */
function ruleOf({ amounts, budgetFen, returnsToBudget, reissuesReturned }: PlayedActivity) {
  const prizes = amounts.map(
    (amountFen) =>
      ({ id: `p${amountFen}`, name: '红包', kind: 'red-packet', amountFen, tickets: 1, stock: 1000 }) as const,
  );
  const returned = { money: returnsToBudget ? ('budget' as const) : ('returned' as const), reissue: reissuesReturned };
  return { prizes, budgetFen, returned };
}

/** Every statement of the store holds the world's time. */
function holding(store: PayoutStore, time: VirtualTime): PayoutStore {
  return {
    claim: async (input) => {
      const claim = await time.hold(() => store.claim(input));
      return { ...claim, payouts: inCallOrder(claim.payouts) };
    },
    takeTurn: (input) => time.hold(() => store.takeTurn(input)),
    beginAttempt: (input) => time.hold(() => store.beginAttempt(input)),
    recordAnswer: (answer) => time.hold(() => store.recordAnswer(answer)),
    release: (payout, notBeforeMs, call) => time.hold(() => store.release(payout, notBeforeMs, call)),
    stopMerchant: (merchant, reason, nowMs) => time.hold(() => store.stopMerchant(merchant, reason, nowMs)),
    resumeMerchant: (merchant, nowMs) => time.hold(() => store.resumeMerchant(merchant, nowMs)),
    stopSending: (reason, nowMs) => time.hold(() => store.stopSending(reason, nowMs)),
    resumeSending: (nowMs) => time.hold(() => store.resumeSending(nowMs)),
    retryParked: (payout, nowMs) => time.hold(() => store.retryParked(payout, nowMs)),
    askNow: (transfer, nowMs) => time.hold(() => store.askNow(transfer, nowMs)),
    cancelTransfer: (payout, nowMs) => time.hold(() => store.cancelTransfer(payout, nowMs)),
    askAllFirst: (nowMs) => time.hold(() => store.askAllFirst(nowMs)),
    askTooOld: (nowMs) => time.hold(() => store.askTooOld(nowMs)),
    unasked: () => time.hold(() => store.unasked()),
  };
}
