import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OutsideTrouble } from '../src/base/errors.ts';
import { merchantId } from '../src/base/ids.ts';
import type { QueueFigures } from '../src/flows/ports/payout-metrics.ts';
import { createMetrics } from '../src/metrics.ts';

const figures: QueueFigures = {
  countedMax: 20_000,
  sendingStopped: true,
  merchants: [
    {
      merchantId: merchantId('main'),
      stopped: true,
      certificateDaysLeft: 12.5,
      payouts: { waiting: 7, unknown: 1, sent: 2, parked: 3, dead: 0 },
      due: 8,
    },
    {
      merchantId: merchantId('second'),
      stopped: false,
      certificateDaysLeft: null,
      payouts: { waiting: 0, unknown: 0, sent: 0, parked: 0, dead: 0 },
      due: 0,
    },
  ],
  alarms: { 'merchant-stopped': 1 },
};

/** The lines of a scrape that begin with a name. */
async function scrape(metrics: ReturnType<typeof createMetrics>, name: string): Promise<readonly string[]> {
  const { body } = await metrics.text();
  return body.split('\n').filter((line) => line.startsWith(name));
}

test('a scrape shows how the queues stand', async () => {
  const metrics = createMetrics();
  metrics.queues(() => Promise.resolve(figures));
  assert.deepEqual(await scrape(metrics, 'hongbao_sending_stopped'), ['hongbao_sending_stopped 1']);
  assert.deepEqual(await scrape(metrics, 'hongbao_merchant_stopped'), [
    'hongbao_merchant_stopped{merchant="main"} 1',
    'hongbao_merchant_stopped{merchant="second"} 0',
  ]);
  assert.deepEqual(await scrape(metrics, 'hongbao_payouts{merchant="main"'), [
    'hongbao_payouts{merchant="main",state="waiting"} 7',
    'hongbao_payouts{merchant="main",state="unknown"} 1',
    'hongbao_payouts{merchant="main",state="sent"} 2',
    'hongbao_payouts{merchant="main",state="parked"} 3',
    'hongbao_payouts{merchant="main",state="dead"} 0',
  ]);
  assert.deepEqual(await scrape(metrics, 'hongbao_payouts_due'), [
    'hongbao_payouts_due{merchant="main"} 8',
    'hongbao_payouts_due{merchant="second"} 0',
  ]);
  assert.deepEqual(await scrape(metrics, 'hongbao_certificate_days_left'), [
    'hongbao_certificate_days_left{merchant="main"} 12.5',
  ]);
  assert.deepEqual(await scrape(metrics, 'hongbao_alarms_open'), [
    'hongbao_alarms_open{kind="merchant-stopped"} 1',
    'hongbao_alarms_open{kind="sending-stopped"} 0',
    'hongbao_alarms_open{kind="certificate-expires"} 0',
    'hongbao_alarms_open{kind="contradiction"} 0',
    'hongbao_alarms_open{kind="books-differ"} 0',
    'hongbao_alarms_open{kind="forecast-left"} 0',
  ]);
  assert.deepEqual(await scrape(metrics, 'hongbao_queues_known'), ['hongbao_queues_known 1']);
});

test('while the queues cannot be read the scrape goes on without them, and shows no old figure', async () => {
  const metrics = createMetrics();
  let away = false;
  metrics.queues(() =>
    away ? Promise.reject(new OutsideTrouble('database-trouble', 'away')) : Promise.resolve(figures),
  );
  await metrics.text();
  away = true;
  metrics.requestEnded({ route: 'health', method: 'GET', status: 200 }, 0.01);
  assert.deepEqual(await scrape(metrics, 'hongbao_queues_known'), ['hongbao_queues_known 0']);
  for (const name of ['sending_stopped', 'merchant_stopped', 'payouts', 'alarms_open', 'certificate_days_left']) {
    assert.deepEqual(await scrape(metrics, `hongbao_${name}`), []);
  }
  assert.equal((await scrape(metrics, 'hongbao_http_requests_total')).length, 1);
  away = false;
  assert.deepEqual(await scrape(metrics, 'hongbao_sending_stopped'), ['hongbao_sending_stopped 1']);
});

test('a merchant that is gone is gone from the next scrape', async () => {
  const metrics = createMetrics();
  let merchants = figures.merchants;
  metrics.queues(() => Promise.resolve({ ...figures, merchants }));
  await metrics.text();
  merchants = merchants.slice(0, 1);
  assert.equal((await scrape(metrics, 'hongbao_merchant_stopped')).length, 1);
});

test('calls to WeChat Pay are counted by what they brought, and timed', async () => {
  const metrics = createMetrics();
  metrics.payouts.called('send', 'paid', 0.03);
  metrics.payouts.called('send', 'paid', 0.3);
  metrics.payouts.called('query', 'not-found', 30);
  assert.deepEqual(await scrape(metrics, 'hongbao_payout_calls_total'), [
    'hongbao_payout_calls_total{call="send",outcome="paid"} 2',
    'hongbao_payout_calls_total{call="query",outcome="not-found"} 1',
  ]);
  assert.deepEqual(
    (await scrape(metrics, 'hongbao_payout_call_seconds_bucket')).filter((line) =>
      /le="(0.05|0.5|20|\+Inf)"/.test(line),
    ),
    [
      'hongbao_payout_call_seconds_bucket{le="0.05",call="send"} 1',
      'hongbao_payout_call_seconds_bucket{le="0.5",call="send"} 2',
      'hongbao_payout_call_seconds_bucket{le="20",call="send"} 2',
      'hongbao_payout_call_seconds_bucket{le="+Inf",call="send"} 2',
      'hongbao_payout_call_seconds_bucket{le="0.05",call="query"} 0',
      'hongbao_payout_call_seconds_bucket{le="0.5",call="query"} 0',
      'hongbao_payout_call_seconds_bucket{le="20",call="query"} 0',
      'hongbao_payout_call_seconds_bucket{le="+Inf",call="query"} 1',
    ],
  );
});
