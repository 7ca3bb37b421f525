import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { runCommand } from '../../src/cli.ts';
import type { RedPacketRequest } from '../../src/flows/ports/payouts.ts';
import { WechatPayRail } from '../../src/pay/wechat-pay-rail.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { buildAccount, buildActivity, buildMerchant, buildWin } from '../support/builders.ts';
import type { BuiltActivity, BuiltWin } from '../support/builders.ts';
import { openPayoutWorld } from '../support/payout-world.ts';
import type { PayoutWorld } from '../support/payout-world.ts';
import { redPacket } from '../support/red-packets.ts';
import { serviceEnvironment } from '../support/service-process.ts';
import { merchantWith } from '../support/tls-server.ts';

let world: PayoutWorld;
let simulator: Simulator;
let activity: BuiltActivity;
let env: Record<string, string>;
let orderPrefix: string;
const SECRETS_KEY = randomBytes(32).toString('base64');

before(async () => {
  world = await openPayoutWorld();
  simulator = await startSimulator({ seed: 'restore' });
  const given = { simulator, databaseUrl: world.url, redisUrl: 'redis://127.0.0.1:1', secretsKey: SECRETS_KEY };
  env = serviceEnvironment(given, 8080);
  // The first run finds nothing to ask, and sets the account and merchant up as a first start would.
  const nothing = await runCommand(['after-restore'], env);
  assert.deepEqual(nothing.lines, ['0 of 0 unsettled numbers were asked about and booked.', 'Sending goes on.']);
  const merchant = await buildMerchant(world.client, { mchId: simulator.merchant.mchId });
  const account = await buildAccount(world.client, { appId: simulator.account.appId, merchant });
  activity = await buildActivity(world.client, { account });
  const found = await world.client.query<{ order_prefix: string }>('select order_prefix from installation');
  orderPrefix = found.rows[0]?.order_prefix ?? '';
});
after(async () => {
  await simulator.close();
  await world.close();
});

/** What WeChat Pay got in the time that the backup does not know of. */
async function payBehindItsBack(win: BuiltWin): Promise<void> {
  const rail = new WechatPayRail({ baseUrl: simulator.payUrl, extraCaPem: simulator.caPem });
  const { certPem, keyPem, mchId, apiKey } = simulator.merchant;
  const request: RedPacketRequest = redPacket({
    orderNumber: win.orderNumber,
    openid: win.openid,
    appId: simulator.account.appId,
    mchId,
  });
  const answer = await rail.send({ ...merchantWith(certPem, keyPem), mchId, apiKey }, request);
  assert.equal(answer.kind, 'paid', JSON.stringify(answer));
  await rail.close();
}

const win = () =>
  buildWin(world.client, activity, {
    openid: simulator.followers.add().openid as BuiltWin['openid'],
    dueAtMs: Date.now(),
    orderPrefix,
  });
const state = async (of: BuiltWin) => (await world.payout(of))['state'];

test('after a restored backup every number is asked about, what was paid is booked, and nothing is sent meanwhile', async () => {
  const [opened, unopened, unpaid] = [await win(), await win(), await win()];
  await payBehindItsBack(opened);
  await payBehindItsBack(unopened);
  simulator.books.open(opened.orderNumber);
  const log = join(mkdtempSync(join(tmpdir(), 'hongbao-restore-')), 'numbers.log');
  const outcome = await runCommand(['after-restore', log], env);
  assert.match(outcome.faults.join('\n'), /after-restore failed: ENOENT/);

  const lost = `${orderPrefix}${'0'.repeat(21)}9`;
  writeFileSync(log, `{"order":"${opened.orderNumber}"}\n{"order":"${lost}"}\n`);
  const asked = await runCommand(['after-restore', log], env);
  assert.deepEqual([await state(opened), await state(unopened), await state(unpaid)], ['received', 'sent', 'waiting']);
  assert.deepEqual(asked.lines, ['3 of 3 unsettled numbers were asked about and booked.', `UNKNOWN HERE ${lost}`]);
  assert.equal(asked.code, 1);
  assert.match(asked.faults.join('\n'), /^1 numbers are not in this database: their awards are lost/);
  assert.deepEqual(
    simulator.books.arrivals.filter((arrival) => arrival.number === unpaid.orderNumber).map(({ path }) => path),
    ['/mmpaymkttransfers/gethbinfo'],
  );
  assert.deepEqual(await world.differences(), []);
  const stopped = await world.client.query('select sending_stopped_at from installation');
  assert.equal(stopped.rows[0].sending_stopped_at, null);
});

test('nothing is sent before sending has stopped, however long the stop takes', async () => {
  const due = [await win(), await win(), await win()];
  const holder = new pg.Client({ connectionString: world.url });
  await holder.connect();
  await holder.query('begin; select 1 from installation for update');
  const asking = runCommand(['after-restore'], env);
  await sleep(1500);
  await holder.query('commit');
  await holder.end();
  const asked = await asking;
  assert.equal(asked.code, 0, asked.faults.join('\n'));
  const numbers = due.map(({ orderNumber }) => String(orderNumber));
  const calls = simulator.books.arrivals.filter(({ number }) => numbers.includes(number)).map(({ path }) => path);
  assert.deepEqual(
    calls,
    due.map(() => '/mmpaymkttransfers/gethbinfo'),
  );
});
