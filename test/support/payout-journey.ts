import assert from 'node:assert/strict';
import type { BoundApps } from '../../src/base/bound-apps.ts';
import { createPayoutMachine } from '../../src/flows/payout-machine.ts';
import type { PayRail } from '../../src/flows/ports/payouts.ts';
import type { Clock } from '../../src/flows/ports/time-and-luck.ts';
import { PayAwards } from '../../src/jobs/pay-awards.ts';
import { openMerchantCertificate } from '../../src/pay/merchant-certificate.ts';
import { payRails } from '../../src/pay/pay-rails.ts';
import { WechatPayRail } from '../../src/pay/wechat-pay-rail.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import type { SimulatorOptions } from '../../src/simulator/simulator-options.ts';
import { realSleep } from '../../src/store/database-clock.ts';
import { createPayoutWake } from '../../src/store/payout-wake.ts';
import { verifyBooks } from '../../src/store/verify-books.ts';
import { buildAccount, buildActivity, buildMerchant, buildWin } from './builders.ts';
import type { BuiltActivity, BuiltWin } from './builders.ts';
import { realLuck } from './draws.ts';
import { LEASE_MS, openPayoutWorld } from './payout-world.ts';
import type { PayoutWorld } from './payout-world.ts';
import { quietLogger } from './quiet-logger.ts';
import { merchantWith } from './tls-server.ts';

const NO_TRANSFERS: Required<PayRail> = {
  send: async () => ({ kind: 'refused', code: 'RAIL_NOT_SET_UP', message: 'no transfers here', raw: '' }),
  query: async () => ({ kind: 'unknown', code: 'no-transfers', message: '', raw: '' }),
  cancel: async () => ({ said: 'no transfers here' }),
};

/** Payouts on a real database, paid by the real worker over real TLS to the simulator, on the simulator's clock. */
export interface PayoutJourney {
  readonly world: PayoutWorld;
  readonly simulator: Simulator;
  readonly activity: BuiltActivity;
  readonly log: ReturnType<typeof quietLogger>;
  /** A due payout for a follower, a new one when none is named; of another activity when one is. */
  readonly win: (openid?: string, of?: BuiltActivity) => Promise<BuiltWin>;
  /** Lets time pass on both sides and waits until nothing is due any more. */
  readonly pass: (byMs: number) => Promise<void>;
  readonly state: (win: BuiltWin) => Promise<string>;
  /** The payouts' states, in order. */
  readonly states: (wins: readonly BuiltWin[]) => Promise<readonly string[]>;
  /** Waits until the payout is in one of these states, letting due times come when they are far off. */
  readonly reaches: (win: BuiltWin, ...states: string[]) => Promise<void>;
  /** Throws unless our books and the simulator's tell the same about every packet and every sum. */
  readonly compareBooks: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function startPayoutJourney(
  options: {
    readonly simulator?: SimulatorOptions;
    readonly deadlineMs?: number;
    /** Another company, whose merchant is called `other`, with a WeChat Pay of its own. */
    readonly other?: Simulator;
  } = {},
): Promise<PayoutJourney> {
  const world = await openPayoutWorld();
  const simulator = await startSimulator({ seed: 'payouts', ...options.simulator });
  const clock: Clock = {
    nowMs: () => simulator.clock.nowMs(),
    sleep: realSleep,
  };
  const log = quietLogger();
  const { other } = options;
  const rails = [simulator, ...(other === undefined ? [] : [other])].map(({ payUrl, caPem }) => {
    return new WechatPayRail({ baseUrl: payUrl, extraCaPem: caPem, deadlineMs: options.deadlineMs ?? 5000 });
  });
  const railOf = ({ mchId }: { readonly mchId: string }): WechatPayRail => {
    const rail = mchId === other?.merchant.mchId ? rails[1] : rails[0];
    assert.ok(rail);
    return rail;
  };
  const redPackets: PayRail = {
    send: (merchant, request, signal) => railOf(merchant).send(merchant, request, signal),
    query: (merchant, payout, signal) => railOf(merchant).query(merchant, payout, signal),
  };
  const rail = payRails({ redPackets, transfers: NO_TRANSFERS });
  const activity = await buildPayer(world, simulator);
  const worker = new PayAwards({
    payouts: world.store,
    rail,
    accounts: {
      merchant: async (id) =>
        id === 'other' && other !== undefined
          ? { ...merchantOf(other, clock), id }
          : { ...merchantOf(simulator, clock), boundApps: appsOf(simulator) },
    },
    machine: createPayoutMachine(),
    clock,
    luck: realLuck,
    logger: log,
    wake: createPayoutWake({ url: world.url, logger: log }),
    leaseMs: LEASE_MS,
    pollMs: 20,
    graceMs: 1000,
    recordMs: 1000,
  });
  worker.start();
  const journey: PayoutJourney = {
    world,
    simulator,
    activity,
    log,
    win: (openid, of = activity) => winFor(world, simulator, of, openid),
    async pass(byMs) {
      simulator.clock.advance(byMs);
      await settled(world, simulator);
    },
    state: async (win) => String((await world.payout(win))['state']),
    async states(wins) {
      const states: string[] = [];
      for (const win of wins) states.push(await journey.state(win));
      return states;
    },
    reaches: (win, ...states) => reaches(world, simulator, win, states),
    compareBooks: () => compareBooks(world, other === undefined ? [simulator] : [simulator, other]),
    async close() {
      await worker.stop();
      for (const one of rails) await one.close();
      await simulator.close();
      await world.close();
    },
  };
  return journey;
}

/** What the merchant platform would show as bound. */
function appsOf({ secrets, payRules }: Simulator): BoundApps {
  const miniPrograms = payRules.miniAppIds;
  return { accounts: [...secrets.keys()].filter((appId) => !miniPrograms.includes(appId)), miniPrograms };
}

function merchantOf(simulator: Simulator, clock: Clock) {
  const { p12, mchId, apiKey } = simulator.merchant;
  const { certificatePem, privateKeyPem } = openMerchantCertificate({ p12, mchId }, clock.nowMs());
  return { ...merchantWith(certificatePem, privateKeyPem), mchId, apiKey };
}

async function buildPayer(world: PayoutWorld, simulator: Simulator): Promise<BuiltActivity> {
  const merchant = await buildMerchant(world.client, { mchId: simulator.merchant.mchId });
  const account = await buildAccount(world.client, { appId: simulator.account.appId, merchant });
  return buildActivity(world.client, { account });
}

async function winFor(
  world: PayoutWorld,
  simulator: Simulator,
  activity: BuiltActivity,
  openid: string = simulator.followers.add().openid,
): Promise<BuiltWin> {
  return buildWin(world.client, activity, { openid: openid as BuiltWin['openid'], dueAtMs: simulator.clock.nowMs() });
}

/** A stopped merchant's calls that are under way count too: one that ends after a resumption would stop it again. */
async function settled(world: PayoutWorld, simulator: Simulator): Promise<void> {
  await eventually(
    () => 'nothing due',
    async () => {
      const due = await world.client.query(
        `select 1 from payout join merchant on merchant.id = payout.merchant_id
       where (merchant.state = 'open' or lease_token is not null) and due_at <= $1`,
        [new Date(simulator.clock.nowMs())],
      );
      return due.rows.length === 0;
    },
  );
}

async function reaches(
  world: PayoutWorld,
  simulator: Simulator,
  win: BuiltWin,
  states: readonly string[],
): Promise<void> {
  let payout: Readonly<Record<string, unknown>> = {};
  const seen = (): string => `payout ${states.join(' or ')}: ${JSON.stringify(payout)} at ${simulator.clock.nowMs()}`;
  await eventually(seen, async () => {
    payout = await world.payout(win);
    if (states.includes(String(payout['state']))) return true;
    const dueAt = payout['due_at'] as Date | null;
    const aheadMs = dueAt === null || payout['lease_token'] !== null ? 0 : dueAt.getTime() - simulator.clock.nowMs();
    if (aheadMs > 500) simulator.clock.advance(aheadMs);
    return false;
  });
}

async function eventually(what: () => string, holds: () => Promise<boolean>, withinMs = 20_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const PLACE: Readonly<Record<string, readonly string[]>> = {
  received: ['RECEIVED'],
  returned: ['REFUND'],
  sent: ['SENT', 'RFUND_ING', 'RECEIVED', 'REFUND'],
  dead: ['FAILED'],
  waiting: ['none', 'SENDING', 'FAILED'],
  unknown: ['none', 'SENDING', 'SENT', 'RFUND_ING', 'FAILED', 'RECEIVED', 'REFUND'],
  parked: ['none', 'SENDING', 'FAILED'],
};

async function compareBooks(world: PayoutWorld, simulators: readonly Simulator[]): Promise<void> {
  assert.deepEqual(await world.differences(), []);
  for (const { books } of simulators) {
    assert.deepEqual(books.violations, []);
    for (const [number, times] of books.paidCountByNumber) assert.equal(times, 1, `${number} paid ${times} times`);
  }
  const known = simulators.flatMap(({ books }) => books.packets());
  const packets = new Map(known.map((packet) => [packet.number, packet]));
  const payouts = await world.client.query<{ order_number: string; state: string; amount_fen: string; openid: string }>(
    // Coupons are no packets, and have no money to compare.
    'select order_number, state, amount_fen, openid from payout where amount_fen > 0',
  );
  for (const payout of payouts.rows) {
    const packet = packets.get(payout.order_number);
    packets.delete(payout.order_number);
    // Of a packet that friends share a part may have come back while the rest was received.
    const part = (packet?.taken?.length ?? 0) > 0 ? ['REFUND'] : [];
    const allowed = [...(PLACE[payout.state] ?? []), ...part];
    assert.ok(allowed.includes(packet?.status ?? 'none'), `${payout.state} here, ${packet?.status ?? 'none'} there`);
    if (packet === undefined) continue;
    assert.deepEqual([packet.amountFen, packet.openid], [Number(payout.amount_fen), payout.openid]);
  }
  assert.equal(packets.size, 0, 'WeChat Pay knows no number that we do not');
  const { lines } = await verifyBooks(world.pool);
  const totals = simulators.map(({ books }) => books.totals());
  const sumOf = (amounts: readonly number[]): number => amounts.reduce((sum, amount) => sum + amount, 0);
  assert.equal(sumOf(lines.map((line) => line.deliveredFen)), sumOf(totals.map((one) => one.receivedFen)), 'delivered');
  // Money that an activity takes into its budget again came back all the same.
  const back = await world.client.query<{ fen: string }>(
    `select coalesce(sum(amount_fen), 0) as fen from book_entry where debit = 'returned'`,
  );
  assert.equal(Number(back.rows[0]?.fen), sumOf(totals.map((one) => one.refundedFen)), 'returned');
}
