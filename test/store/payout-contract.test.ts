import { after, before } from 'node:test';
import type { MerchantId, Openid } from '../../src/base/ids.ts';
import type { MerchantLimits } from '../../src/flows/ports/accounts.ts';
import type { PayoutKey } from '../../src/flows/ports/payouts.ts';
import { buildAccount, buildActivity, buildMerchant, buildWin } from '../support/builders.ts';
import type { BuiltAccount, BuiltActivity, BuiltMerchant, BuiltWin } from '../support/builders.ts';
import { NOON } from '../support/contracts/payout-contract-world.ts';
import type { PayoutContractWorld, PayoutSeen, WinGiven } from '../support/contracts/payout-contract-world.ts';
import { payoutStoreContract } from '../support/contracts/payout-store.ts';
import { emptyDatabase } from '../support/empty-database.ts';
import { openPayoutWorld } from '../support/payout-world.ts';
import type { PayoutWorld } from '../support/payout-world.ts';

let world: PayoutWorld;
before(async () => {
  world = await openPayoutWorld();
});
after(() => world.close());

payoutStoreContract('Postgres', async () => {
  await emptyDatabase(world.client);
  await buildMerchant(world.client);
  return contractWorld(world);
});

function contractWorld(world: PayoutWorld): PayoutContractWorld {
  const { client, store } = world;
  const wins = new Map<string, BuiltWin>();
  const activities = new Map<string, BuiltActivity>();
  const winOf = (key: PayoutKey): BuiltWin => {
    const win = wins.get(key.orderNumber);
    if (win === undefined) throw new Error(`no payout ${key.orderNumber}`);
    return win;
  };
  return {
    store,
    merchant: (id, limits = {}) => merchant(world, id, limits),
    async rename(id, sendName) {
      await client.query('update merchant set send_name = $2 where id = $1', [id, sendName]);
    },
    async win(given = {}) {
      const made = await writeWin(world, activities, given);
      wins.set(made.orderNumber, made);
      return { accountId: made.accountId, orderNumber: made.orderNumber };
    },
    see: (key) => see(world, winOf(key)),
    entries: (key) => world.bookings(winOf(key)),
    async alarms() {
      const open = await client.query<{ alarm: string }>(
        `select kind || ' ' || subject as alarm from alarm where cleared_at is null order by id`,
      );
      return open.rows.map((row) => row.alarm);
    },
    close: async () => undefined,
  };
}

async function merchant({ client }: PayoutWorld, id: string, limits: Partial<MerchantLimits>): Promise<MerchantId> {
  const built = await buildMerchant(client, { id, mchId: id === 'main' ? '1900000109' : '1900000110' });
  const { personDayPackets, personDayFen, dayFen, spacingMs, callsMax } = limits;
  await client.query(
    `update merchant set person_day_packets = coalesce($2, person_day_packets), person_day_fen = coalesce($3, person_day_fen),
       day_fen = coalesce($4, day_fen), spacing_us = coalesce($5, spacing_us), calls_max = coalesce($6, calls_max)
     where id = $1`,
    [id, personDayPackets, personDayFen, dayFen, spacingMs === undefined ? undefined : spacingMs * 1000, callsMax],
  );
  return built.id;
}

async function writeWin(
  world: PayoutWorld,
  activities: Map<string, BuiltActivity>,
  given: WinGiven,
): Promise<BuiltWin> {
  const { client } = world;
  const paidBy = given.merchantId ?? 'main';
  const name = `${paidBy} ${given.throughMain ?? false} ${given.amountFen ?? 100} ${given.returnsToBudget ?? false}`;
  const activity = activities.get(name) ?? (await buildPayer(world, paidBy, given));
  activities.set(name, activity);
  const at = given.dueAtMs ?? NOON;
  const named = given.openid !== undefined && given.throughMain !== true;
  const person = named ? { openid: given.openid as Openid } : {};
  const win = await buildWin(client, activity, { ...person, dueAtMs: at });
  const chosen = [win.orderNumber, given.class ?? 'live', given.rail ?? null];
  await client.query('update payout set class = $2, rail = $3 where order_number = $1', chosen);
  if (given.throughMain === true) await payThroughMain(world, win, given.openid ?? '');
  return win;
}

async function payThroughMain({ client }: PayoutWorld, win: BuiltWin, payee: string): Promise<void> {
  await client.query(
    `update payout set payee_account_id = 'main', openid = $2, due_at = case when $2 <> '' then due_at end,
       reason = case when $2 = '' then 'payee-unknown' end
     where order_number = $1`,
    [win.orderNumber, payee],
  );
}

async function buildPayer({ client }: PayoutWorld, id: string, given: WinGiven): Promise<BuiltActivity> {
  const isMain = id === 'main';
  const payer = await buildMerchant(client, { id, mchId: isMain ? '1900000109' : '1900000110' });
  const appId = isMain ? 'wx0000000000000001' : 'wx0000000000000002';
  const paying = await buildAccount(client, { id, appId, merchant: payer });
  const account = given.throughMain === true ? await buildChat(client, payer) : paying;
  const amountFen = given.amountFen ?? 100;
  const prize = { id: 'prize', name: '红包', kind: 'red-packet', amountFen, tickets: 1, stock: 1000 } as const;
  const returned = given.returnsToBudget === true ? { returned: { money: 'budget' } as const } : {};
  return buildActivity(client, { account, rule: { prizes: [prize], ...returned } });
}

/** An account that cannot pay and pays through `main`. */
async function buildChat(client: PayoutWorld['client'], merchant: BuiltMerchant): Promise<BuiltAccount> {
  const chat = await buildAccount(client, { id: 'chat', appId: 'wx0000000000000003', merchant });
  await client.query(
    `update account set kind = 'subscription', merchant_id = null, pays_through = 'main' where id = 'chat'`,
  );
  return chat;
}

async function see(world: PayoutWorld, win: BuiltWin): Promise<PayoutSeen> {
  const row = await world.payout(win);
  const due = row['due_at'] as Date | null;
  return {
    state: row['state'] as PayoutSeen['state'],
    award: await world.awardState(win),
    dueAtMs: due?.getTime() ?? null,
    reason: row['reason'] as string | null,
    leased: row['lease_token'] !== null,
  };
}
