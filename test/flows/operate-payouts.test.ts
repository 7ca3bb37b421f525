import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { WrongRequest } from '../../src/base/errors.ts';
import { merchantId } from '../../src/base/ids.ts';
import type { MerchantId } from '../../src/base/ids.ts';
import { createOperatePayouts } from '../../src/flows/operate-payouts.ts';
import type { OperatePayouts } from '../../src/flows/operate-payouts.ts';
import type { MerchantSettings } from '../../src/flows/ports/merchants.ts';
import type { Operator } from '../../src/flows/ports/operators.ts';
import { createAlarmStore } from '../../src/store/alarm-store.ts';
import { createMerchantStore } from '../../src/store/merchant-store.ts';
import { buildActivity, buildMerchant, NOON_MS } from '../support/builders.ts';
import { openPayoutWorld } from '../support/payout-world.ts';
import type { PayoutWorld } from '../support/payout-world.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { buildEndedWins } from '../support/unpaid-wins.ts';

const zhang: Operator = { id: 'op-1', name: 'zhang', role: 'finance' };
const nobody = merchantId('nobody');

let world: PayoutWorld;
let logger: ReturnType<typeof quietLogger>;
let operate: OperatePayouts;
let main: MerchantId;
before(async () => {
  world = await openPayoutWorld();
  await world.client.query(
    `insert into installation (id, order_prefix, secrets_check, created_at) values (1, 'test', '', $1)`,
    [new Date(NOON_MS)],
  );
  main = (await buildMerchant(world.client)).id;
  await buildMerchant(world.client, { id: 'second', mchId: '1900000110' });
});
after(() => world.close());
beforeEach(() => {
  logger = quietLogger();
  const merchants = createMerchantStore(world.pool);
  operate = createOperatePayouts({ payouts: world.store, merchants, clock: { nowMs: () => NOON_MS }, logger });
});

const view = async (id: MerchantId = main) => (await operate.merchants()).find((merchant) => merchant.id === id);
const change = (changes: Partial<MerchantSettings>) => operate.changeMerchant(zhang, main, changes);
const logged = (event: string) => logger.lines.find((line) => line.event === event)?.fields;
const alarms = async () => (await createAlarmStore(world.pool).open()).map(({ kind, subject }) => `${kind} ${subject}`);

/** The settings that a change is refused for. */
async function faultsOf(changes: Partial<MerchantSettings>): Promise<readonly string[]> {
  const refused = await change(changes).then(
    () => null,
    (error: unknown) => error,
  );
  if (refused === null) return [];
  assert.ok(refused instanceof WrongRequest);
  assert.deepEqual([refused.code, refused.status], ['merchant-faulty', 400]);
  return refused.faults.map((fault) => fault.path);
}

describe('merchants', () => {
  test('are listed with the limits they begin with and nothing secret', async () => {
    assert.deepEqual(await view(merchantId('second')), {
      id: 'second',
      mchId: '1900000110',
      sendName: '红包商户',
      state: 'open',
      stoppedReason: null,
      stoppedAtMs: null,
      limits: {
        amountMinFen: 100,
        amountMaxFen: 20_000,
        scenes: [],
        personDayPackets: 10,
        personDayFen: 100_000,
        dayFen: 100_000_000,
        spacingMs: 34.5,
        callsMax: 16,
      },
      subMchId: null,
      msgAppId: null,
      consumeMchId: null,
      riskInfo: false,
      rail: 'red-packet',
      transferRedPacketLook: false,
      groupPackets: false,
      appIds: [],
      miniAppIds: [],
      miniClaim: 'encoded-lower',
      certificateNotAfterMs: null,
    });
  });

  test('take on what is changed and keep the rest; the log says who and which fields, not what', async () => {
    const before = await view();
    const settings = {
      scenes: ['PRODUCT_2', 'PRODUCT_5'],
      amountMaxFen: 100_000,
      spacingMs: 33.34,
      subMchId: '1900000999',
      msgAppId: 'wx28b16568a629bb33',
      riskInfo: true,
    };
    const after = await change(settings);
    const { subMchId, msgAppId, riskInfo, ...limits } = settings;
    assert.deepEqual(after, {
      ...before,
      limits: { ...before?.limits, ...limits },
      subMchId,
      msgAppId,
      riskInfo,
    });
    assert.deepEqual(await view(), after);
    assert.deepEqual(logged('merchant-changed'), { operator: 'op-1', merchant: 'main', fields: Object.keys(settings) });
    await change({ subMchId: null, msgAppId: null });
    assert.deepEqual([(await view())?.subMchId, (await view())?.limits.spacingMs], [null, 33.34]);
  });

  test('are not changed to what WeChat Pay would refuse or what makes packets wait for ever', async () => {
    const before = await view();
    assert.deepEqual(await faultsOf({ amountMinFen: 0 }), ['amountMinFen']);
    assert.deepEqual(await faultsOf({ amountMaxFen: 99 }), ['amountMaxFen']);
    assert.deepEqual(await faultsOf({ amountMaxFen: 500_000, personDayFen: 500_000 }), ['amountMaxFen']);
    assert.deepEqual(await faultsOf({ amountMinFen: 100.5 }), ['amountMinFen']);
    assert.deepEqual(await faultsOf({ scenes: ['PRODUCT_9'] }), ['scenes']);
    assert.deepEqual(await faultsOf({ scenes: ['PRODUCT_1', 'PRODUCT_1'] }), ['scenes']);
    assert.deepEqual(await faultsOf({ personDayPackets: 0 }), ['personDayPackets']);
    assert.deepEqual(await faultsOf({ personDayFen: 99_999 }), ['personDayFen']);
    assert.deepEqual(await faultsOf({ dayFen: 99_999 }), ['dayFen']);
    assert.deepEqual(await faultsOf({ spacingMs: 33.33 }), ['spacingMs']);
    assert.deepEqual(await faultsOf({ spacingMs: 0 }), ['spacingMs']);
    assert.deepEqual(await faultsOf({ spacingMs: Number.NaN }), ['spacingMs']);
    assert.deepEqual(await faultsOf({ callsMax: 1001 }), ['callsMax']);
    assert.deepEqual(await faultsOf({ subMchId: '19x', msgAppId: 'wx1' }), ['subMchId']);
    assert.deepEqual(await faultsOf({ subMchId: '1900000999' }), ['msgAppId']);
    assert.deepEqual(await faultsOf({ msgAppId: 'wx1' }), ['subMchId']);
    assert.deepEqual(await faultsOf({ consumeMchId: '' }), ['consumeMchId']);
    assert.deepEqual(await faultsOf({ amountMinFen: -1, callsMax: 0 }), ['amountMinFen', 'callsMax']);
    assert.deepEqual(await view(), before);
    assert.equal(logged('merchant-changed'), undefined);
  });

  test('changed twice at once keep both changes', async () => {
    await Promise.all([change({ personDayPackets: 7 }), change({ callsMax: 9 })]);
    const limits = (await view())?.limits;
    assert.deepEqual([limits?.personDayPackets, limits?.callsMax], [7, 9]);
  });

  test('that do not exist are told so', async () => {
    const missing = { code: 'merchant-not-found', status: 404 };
    await assert.rejects(operate.changeMerchant(zhang, nobody, { callsMax: 3 }), missing);
    await assert.rejects(operate.stopMerchant(zhang, nobody, 'why'), missing);
    await assert.rejects(operate.resumeMerchant(zhang, nobody), missing);
  });

  test('stop with a reason and an alarm, and resume', async () => {
    await assert.rejects(operate.resumeMerchant(zhang, main), { code: 'merchant-not-stopped', status: 409 });
    await assert.rejects(operate.stopMerchant(zhang, main, '  '), { code: 'reason-faulty', status: 400 });
    await assert.rejects(operate.stopMerchant(zhang, main, 'x'.repeat(201)), { code: 'reason-faulty' });
    await operate.stopMerchant(zhang, main, ' 余额\u0000要查 ');
    const stopped = await view();
    assert.deepEqual([stopped?.state, stopped?.stoppedReason, stopped?.stoppedAtMs], ['stopped', '余额要查', NOON_MS]);
    assert.deepEqual(await alarms(), ['merchant-stopped main']);
    assert.equal(logged('merchant-stopped-by-operator')?.['operator'], 'op-1');
    await operate.resumeMerchant(zhang, main);
    assert.deepEqual([(await view())?.state, (await view())?.stoppedAtMs], ['open', null]);
    assert.deepEqual(await alarms(), []);
    assert.equal(logged('merchant-resumed')?.['operator'], 'op-1');
  });
});

test('all sending stops and resumes by one switch', async () => {
  assert.deepEqual(await operate.sending(), { stopped: false, reason: null, sinceMs: null });
  await assert.rejects(operate.resumeSending(zhang), { code: 'sending-not-stopped', status: 409 });
  await assert.rejects(operate.stopSending(zhang, ''), { code: 'reason-faulty' });
  await operate.stopSending(zhang, '演练');
  assert.deepEqual(await operate.sending(), { stopped: true, reason: '演练', sinceMs: NOON_MS });
  assert.equal(logged('sending-stopped-by-operator')?.['operator'], 'op-1');
  await operate.resumeSending(zhang);
  assert.equal((await operate.sending()).stopped, false);
});

test('a parked payout is ordered to be sent again, another is not', async () => {
  const activity = await buildActivity(world.client);
  const [parked] = await buildEndedWins(world.client, activity, 1, { state: 'parked' });
  const [received] = await buildEndedWins(world.client, activity, 1, { state: 'received' });
  assert.ok(parked && received);
  await operate.retryParked(zhang, parked);
  assert.equal(((await world.payout(parked))['retry_at'] as Date).getTime(), NOON_MS);
  assert.equal(logged('payout-retry-ordered')?.['order'], parked.orderNumber);
  await assert.rejects(operate.retryParked(zhang, received), { code: 'payout-not-parked', status: 409 });
});
