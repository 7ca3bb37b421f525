import type pg from 'pg';
import type { AccountId, Openid } from '../../src/base/ids.ts';
import type { DrawBatcher } from '../../src/flows/draw-batcher.ts';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import type { PersonKey } from '../../src/flows/ports/followers.ts';
import type { PayeeLinks } from '../../src/flows/ports/payee-links.ts';
import { createPayeeLinks } from '../../src/store/account/payee-links.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { ACTIVITY_NAME, buildAccount, buildActivity, buildMerchant, NOON_MS, randomId } from './builders.ts';
import { batcherOver, messageKey } from './draws.ts';
import { openPayoutWorld } from './payout-world.ts';
import type { PayoutWorld } from './payout-world.ts';
import { rewritten } from './rewritten-query.ts';
import type { Statements } from './rewritten-query.ts';

export const MAIN = 'main' as AccountId;
export const CHAT = 'chat' as AccountId;

export interface PayoutThrough {
  readonly openid: string;
  readonly payee: string | null;
  readonly merchant: string;
  readonly state: string;
  readonly due: boolean;
  readonly reason: string | null;
}

/** A subscription account `chat` that pays through the service account `main`, with an activity that every draw wins. */
export interface PayeeWorld extends PayoutWorld {
  readonly links: PayeeLinks;
  readonly activity: LiveActivity;
  /** Wins once in the chat, by the stores of this pool when another is named. */
  win(openid: Openid, pool?: pg.Pool): Promise<void>;
  /** The payouts of a person of the chat, the earliest first. */
  payoutsOf(openid: Openid): Promise<readonly PayoutThrough[]>;
  /** Tells that WeChat knows a person by a union id. */
  tellUnionId(person: PersonKey, unionId: string): Promise<void>;
}

export async function openPayeeWorld(): Promise<PayeeWorld> {
  const world = await openPayoutWorld();
  const { client } = world;
  const main = await buildAccount(client, { merchant: await buildMerchant(client) });
  const chat = await buildAccount(client, { id: CHAT, appId: 'wx0000000000000003', merchant: main.merchant });
  await client.query(
    `update account set kind = 'subscription', merchant_id = null, pays_through = 'main' where id = 'chat'`,
  );
  const { id, slug, version, rule } = await buildActivity(client, { account: chat });
  const place = { accountId: CHAT, paysThrough: MAIN, publishedAtMs: NOON_MS, name: ACTIVITY_NAME };
  const activity: LiveActivity = { ...place, id, slug, version, rule };
  const batchers = new Map<pg.Pool, DrawBatcher>();
  const batcherOf = (pool: pg.Pool): DrawBatcher => {
    const batcher = batchers.get(pool) ?? batcherOver(createDrawStore(pool));
    batchers.set(pool, batcher);
    return batcher;
  };
  return {
    ...world,
    links: createPayeeLinks(world.pool),
    activity,
    async win(openid, pool = world.pool) {
      await batcherOf(pool).draw({ activity, openid, key: messageKey(randomId()), render: (text) => text });
    },
    async payoutsOf(openid) {
      const { rows } = await client.query<PayoutThrough>(
        `select payout.openid, payee_account_id as payee, merchant_id as merchant, payout.state, due_at is not null as due, reason
           from award join payout on payout.account_id = award.account_id and award_id = award.id
           where award.account_id = 'chat' and award.openid = $1 order by award.created_at, award.id`,
        [openid],
      );
      return rows;
    },
    async tellUnionId({ account, openid }, unionId) {
      await client.query(
        `insert into follower (account_id, openid, following, union_id, seen_at) values ($1, $2, true, $3, $4)`,
        [account, openid, unionId, new Date(NOON_MS)],
      );
    },
    async close() {
      for (const batcher of batchers.values()) await batcher.stop();
      await world.close();
    },
  };
}

/** A pool whose statements take no advisory lock: the twin that a race test must catch. */
export function unlockedPool(pool: pg.Pool): pg.Pool {
  return {
    connect: async () => {
      const client = await pool.connect();
      return new Proxy(client, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (typeof value !== 'function') return value;
          if (name !== 'query') return value.bind(target);
          const unlocked = (text: string): string => text.replaceAll(/pg_advisory_xact_lock(_shared)?\(/g, 'coalesce(');
          return (query: Statements, ...rest: readonly unknown[]) =>
            value.call(target, rewritten(query, unlocked), ...rest);
        },
      });
    },
    query: (...given: Parameters<pg.Pool['query']>) => pool.query(...given),
  } as unknown as pg.Pool;
}
