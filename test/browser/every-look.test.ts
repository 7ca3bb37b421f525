import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { PagePlay } from '../../src/http/contract/activity-page.ts';
import type { ActivityRuleInput } from '../../src/rules/activity-rule.ts';
import { accessibilityViolations, PHONE, startBrowser, takeScreenshot } from '../support/browser.ts';
import { watchFaults, wechatPhone } from '../support/browser.ts';
import { buildPool } from '../support/code-pools.ts';
import { publishActivity } from '../support/live-activity.ts';
import { startPageWorld } from '../support/page-world.ts';
import type { PageWorld } from '../support/page-world.ts';
import { PLAY_RULES, PLAYS } from '../support/play-rules.ts';

// Every play in every theme on the smallest phone, before and after its draw. SCREENSHOTS=all keeps a picture of each.

const THEMES = ['spring', 'plain', 'dark', 'playful'] as const;
const SMALL = { width: 320, height: 568 };
const ALL = process.env['SCREENSHOTS'] === 'all';

const around: Partial<ActivityRuleInput> = {
  trigger: { words: [{ match: 'exact', word: '红包' }], page: true, invite: true },
  limits: { drawsPerPersonPerDay: 3 },
};
const LOST: Partial<ActivityRuleInput> = { mechanic: { kind: 'lottery', blankTickets: 1_000_000 } };

/** How each play is played to its end here, and what its card says then. */
const ENDS: Readonly<Record<PagePlay, { readonly card: RegExp; readonly said?: string }>> = {
  wheel: { card: /恭喜中奖/ },
  'nine-grid': { card: /恭喜中奖/ },
  scratch: { card: /恭喜中奖/ },
  rain: { card: /恭喜中奖/ },
  button: { card: /差一点点/ },
  code: { card: /没有这个兑换码/, said: 'NOSUCHCODE99' },
  riddle: { card: /恭喜中奖/, said: '红包' },
  calendar: { card: /恭喜中奖/ },
};

type Times = Pick<ActivityRuleInput, 'startsAtMs' | 'endsAtMs'>;

/** Why there may be nothing to play, and what makes it so. `$1`: the activity. */
const CLOSED: Readonly<Record<string, { readonly title: RegExp; readonly sql?: string; readonly times?: Times }>> = {
  'sold-out': { title: /奖品已全部送完/, sql: 'update prize_counter set drawn = stock where activity_id = $1' },
  paused: { title: /活动暂停中/, sql: `update activity set state = 'paused' where id = $1` },
  stopped: { title: /活动已停止/, sql: `update activity set state = 'stopped' where id = $1` },
  ended: { title: /活动已结束/, times: { startsAtMs: 1, endsAtMs: 2 } },
  early: { title: /新年活动/, times: { startsAtMs: 4_000_000_000_000 } },
  snapshot: { title: /请打开完整页面/ },
};

/** One that won, one that lost and one that was refused: the others' cards look the same. */
const OWN_CARDS: readonly PagePlay[] = ['wheel', 'button', 'code'];

let browser: Browser;
let world: PageWorld;
const slugs = new Map<string, string>();
const endings: (() => unknown)[] = [];
before(async () => {
  browser = await startBrowser();
  world = await startPageWorld({ after: (end) => void endings.unshift(end as () => unknown) });
  for (const play of PLAYS) {
    const lost = play === 'button' ? LOST : {};
    const rule = { ...PLAY_RULES[play], ...around, ...lost };
    slugs.set(play, (await publishActivity(world.database.client, rule)).slug);
  }
  for (const [state, { sql, times }] of Object.entries(CLOSED)) {
    const { id, slug } = await publishActivity(world.database.client, { ...PLAY_RULES.wheel, ...around, ...times });
    slugs.set(state, slug);
    if (sql !== undefined) await world.database.client.query(sql, [id]);
  }
  await buildPool(world.database.client, 'caps', ['HK7M3QWX9TRP']);
});
after(async () => {
  await browser.close();
  for (const end of endings) await end();
});

/** A theme is colours and ornaments alone, so that one page can wear all of them in turn. */
async function wearAll(page: Page, name: string): Promise<void> {
  for (const theme of THEMES) {
    await page.evaluate(`document.documentElement.className = 'theme-${theme}'`);
    await page.setViewportSize(SMALL);
    assert.equal(await page.evaluate(`document.documentElement.scrollWidth - innerWidth`), 0, `${name} ${theme} fits`);
    assert.deepEqual(await accessibilityViolations(page), [], `${name} ${theme}`);
    if (!ALL) continue;
    await page.waitForTimeout(600);
    await takeScreenshot(page, `look-${name}-${theme}-small`);
    await page.setViewportSize(PHONE);
    await takeScreenshot(page, `look-${name}-${theme}-phone`);
  }
}

for (const play of PLAYS) {
  it(`${play} can be read and played by everybody in every theme, and its end is told`, async (context) => {
    const phone = await wechatPhone(browser, { reducedMotion: 'reduce', viewport: SMALL });
    context.after(() => phone.close());
    const page = await phone.newPage();
    const faults = watchFaults(page);
    await page.goto(`${world.doors[0]}/a/${slugs.get(play)}`);
    await page.locator('.play-action').waitFor();
    if (play === 'wheel') await page.locator('.invite').waitFor();
    await wearAll(page, play);
    const { card, said } = ENDS[play];
    if (said !== undefined) await page.locator('.said-field').fill(said);
    await page.locator('.play-action').press('Enter');
    if (play === 'scratch') await page.getByRole('button', { name: '直接看结果' }).press('Enter');
    const dialog = page.getByRole('dialog', { name: card });
    await dialog.waitFor();
    assert.match((await page.locator('p.heard').textContent()) ?? '', /./, 'the end is announced');
    if (OWN_CARDS.includes(play)) await wearAll(page, `${play}-end`);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    const { rows } = await world.database.client.query<{ openid: string }>('select distinct openid from draw');
    const source = await page.content();
    assert.ok(rows.length > 0 && rows.every(({ openid }) => !source.includes(openid)), 'no openid in the page');
    assert.deepEqual(faults, []);
  });
}

it('what is over, paused, sold out, early or a snapshot can be read by everybody in every theme', async () => {
  for (const [state, { title }] of Object.entries(CLOSED)) {
    world.simulator.authorization.snapshotMode = state === 'snapshot';
    const phone = await wechatPhone(browser, { reducedMotion: 'reduce', viewport: SMALL });
    const page = await phone.newPage();
    const faults = watchFaults(page);
    await page.goto(`${world.doors[0]}/a/${slugs.get(state)}`);
    await page.getByRole('heading', { name: title }).waitFor();
    if (state === 'early') await page.locator('.countdown').waitFor();
    await wearAll(page, `state-${state}`);
    assert.equal(await page.locator('.more').count(), 0, 'nobody is sent for chances that win nothing');
    assert.deepEqual(faults, []);
    await phone.close();
  }
});
