import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import type pg from 'pg';
import type { ActivityId } from '../../src/base/ids.ts';
import type { PageVisitor } from '../../src/flows/authorize-page.ts';
import { createShowFairness } from '../../src/flows/fairness/show-fairness.ts';
import { createApp } from '../../src/http/app.ts';
import type { App } from '../../src/http/app.ts';
import { PageAnswers } from '../../src/http/answer-page.ts';
import { createPageDocuments } from '../../src/http/presenters/page-documents.ts';
import { fairnessRoutes } from '../../src/http/routes/fairness.ts';
import { createMetrics } from '../../src/metrics.ts';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { createPseudonyms } from '../../src/store/account/pseudonyms.ts';
import { createActivityDirectory } from '../../src/store/activity-directory.ts';
import { createActivityStore } from '../../src/store/activity-store.ts';
import { createPool } from '../../src/store/database.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { createFairRecords } from '../../src/store/fairness/fair-records.ts';
import { createFairSeeds } from '../../src/store/fairness/fair-seeds.ts';
import { createSecretBox } from '../../src/store/sealed-secret.ts';
import { accessibilityViolations, startBrowser, takeScreenshot, watchFaults, wechatPhone } from '../support/browser.ts';
import { buildAccount } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';
import { batcherOver, follower, messageKey, wallClock } from '../support/draws.ts';
import { loadVerifier } from '../support/fair-record.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const key = randomBytes(32);
const pseudonyms = createPseudonyms(key);
const seeds = createFairSeeds(createSecretBox(key), pseudonyms);
const parseRule = (stored: unknown) => activityRuleSchema.parse(stored);
const log = quietLogger();
// Looks are for other tests: this one is about what the page says and computes.
const assets = {
  scriptPath: '',
  playPaths: new Map(),
  wordPaths: new Map(),
  iconPath: 'data:,',
  styles: '',
  contentSecurityPolicy:
    "default-src 'none'; style-src 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; script-src 'self'; connect-src 'self'; img-src 'self' data:",
  shareScript: null,
};
const rule = activityRuleSchema.parse(
  lotteryRule({
    mechanic: { kind: 'lottery', blankTickets: 20, gone: 'redraw' },
    prizes: [
      {
        id: 'lucky',
        name: '红包',
        kind: 'random-packet',
        minFen: 100,
        maxFen: 900,
        meanFen: 300,
        tickets: 30,
        stock: 40,
      },
      { id: 'small', name: '红包', kind: 'red-packet', amountFen: 100, tickets: 10, stock: 20 },
    ],
  }),
);

describe('the page that lets anybody check the draws', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let browser: Browser;
  let app: App;
  let origin: string;
  let visitor: PageVisitor | undefined;
  const place = { id: randomBytes(16).toString('hex') as ActivityId, nowMs: Date.now() };

  before(async () => {
    [database, browser] = await Promise.all([freshDatabase(), startBrowser()]);
    pool = createPool({ url: database.url, connectionsMax: 6, name: 'test-fairness' }, log);
    const accountId = (await buildAccount(database.client)).id;
    const store = createActivityStore(pool, seeds);
    await store.create({ ...place, accountId, slug: 'fair', name: '新年活动', draft: {} });
    await store.publish({ ...place, accountId, operatorId: 'somebody' }, () => rule);
    const activity = await createActivityDirectory({ pool, clock: wallClock, logger: log, parseRule, seeds }).bySlug(
      'fair',
    );
    assert.ok(activity);
    const batcher = batcherOver(createDrawStore(pool, pseudonyms), log);
    await Promise.all(
      Array.from({ length: 120 }, (_, index) =>
        batcher.draw({ activity, openid: follower(index % 50), key: messageKey(index), render: (text) => text }),
      ),
    );
    app = createApp({
      routers: [
        fairnessRoutes({
          fairness: createShowFairness({
            records: createFairRecords(pool),
            seeds,
            parseRule,
            clock: wallClock,
            logger: log,
          }),
          sessions: { visitor: () => visitor },
          origins: { addressOf: () => '' },
          limits: { ofAddress: async () => {} },
          answers: new PageAnswers({ documents: createPageDocuments(assets), assets, logger: log }),
          verifier: readFileSync(new URL('../../docs/verify-draws.mjs', import.meta.url), 'utf8'),
        }),
      ],
      logger: log,
      metrics: createMetrics(),
      proxyHops: 0,
      readiness: async () => ({ ready: true, parts: {} }),
      metricsToken: null,
    });
    origin = `http://127.0.0.1:${(await app.listen(0, '127.0.0.1')).port}`;
  });
  after(async () => {
    await Promise.all([app.close(500), browser.close(), pool.end()]);
    await database.close();
  });

  const state = async (): Promise<Record<string, unknown>> =>
    (await (await fetch(`${origin}/api/a/fair/fair`)).json()) as Record<string, unknown>;

  it('tells the fingerprints while people draw, and neither the seed nor the record', async () => {
    const { commitment, ruleHash, seed, person } = await state();
    assert.match(`${String(commitment)} ${String(ruleHash)}`, /^[0-9a-f]{64} [0-9a-f]{64}$/);
    assert.deepEqual([seed, person], [null, null]);
    assert.equal((await fetch(`${origin}/a/fair/fair/record.ndjson`)).status, 409);
    assert.equal((await fetch(`${origin}/a/nowhere/fair`)).status, 404);
    const html = await (await fetch(`${origin}/a/fair/fair`)).text();
    assert.ok(html.replaceAll(' ', '').includes(String(commitment)));
    assert.ok(!html.includes('<script'));
  });

  it('tells whoever opened the activity what they are called in the record', async () => {
    visitor = { openid: follower(7), snapshot: false } as PageVisitor;
    const { person } = await state();
    visitor = undefined;
    assert.match(String(person), /^[0-9a-f]{32}$/);
  });

  it('reveals the seed once the activity is over, and Chromium and the program come to the same', async () => {
    await database.client.query(`update activity set state = 'stopped' where id = $1`, [place.id]);
    visitor = { openid: follower(7), snapshot: false } as PageVisitor;
    const { commitment, seed, person, ruleHash } = await state();
    visitor = undefined;
    assert.equal(
      createHash('sha256')
        .update(Buffer.from(String(seed), 'hex'))
        .digest('hex'),
      commitment,
    );
    const record = await (await fetch(`${origin}/a/fair/fair/record.ndjson`)).text();
    assert.ok(!record.includes(follower(7)));
    const verify = await loadVerifier();
    const { draws, faults, yours, rule: hashed } = await verify(record.trimEnd().split('\n'), String(person));
    assert.deepEqual([draws, faults, hashed], [120, [], ruleHash]);
    assert.equal(yours.length, 3);

    const context = await wechatPhone(browser);
    const page = await context.newPage();
    const wrong = watchFaults(page);
    await page.goto(`${origin}/a/fair/fair`);
    await page.getByRole('button').click();
    await page.getByText('120 次抽奖全部正确').waitFor();
    assert.deepEqual(await accessibilityViolations(page), []);
    await takeScreenshot(page, 'fairness', { fullPage: true });
    const { rows } = await database.client.query<{ id: string; place: number }>(
      `select award.id, place from award join draw on draw.award_id = award.id where award.prize_id = 'lucky' order by place offset 5 limit 1`,
    );
    await database.client.query('update award set amount_fen = amount_fen + 1 where id = $1', [rows[0]?.id]);
    await page.getByRole('button').click();
    await page.getByText(`第 ${rows[0]?.place} 次抽奖`).waitFor();
    assert.deepEqual(wrong, []);
    await context.close();
  });

  it('keeps a person’s name in the record through an erasure', async () => {
    const openid = follower(7);
    const { person } = await (async () => {
      visitor = { openid, snapshot: false } as PageVisitor;
      return state();
    })();
    visitor = undefined;
    const account = (await database.client.query('select account_id from activity limit 1')).rows[0].account_id;
    await database.client.query('update draw set openid = $1 where openid = $2', [
      pseudonyms.of({ account, openid }),
      openid,
    ]);
    const record = await (await fetch(`${origin}/a/fair/fair/record.ndjson`)).text();
    assert.equal(record.split(String(person)).length - 1, 3);
  });
});
