import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { startBrowser } from '../support/browser.ts';
import { publishActivity } from '../support/live-activity.ts';
import { measurePage, middleOf } from '../support/page-speed.ts';
import { startPageWorld } from '../support/page-world.ts';
import { PLAY_RULES } from '../support/play-rules.ts';

// The measured figures are about 1.2 s and 1.5 s on an idle machine; one that runs other tests too may be slower.
const FIRST_PAINT_MS = 2400;
const USABLE_MS = 3000;
const BYTES = 40_960;

let browser: Browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

it('on a slow phone in a weak net the page is seen and can be played before anybody leaves', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, PLAY_RULES.wheel);
  const speed = middleOf(await measurePage(browser, `${world.doors[0]}/a/${slug}`, 3));
  context.diagnostic(JSON.stringify(speed));
  assert.ok(speed.firstPaintMs < FIRST_PAINT_MS, `first paint after ${speed.firstPaintMs} ms`);
  assert.ok(speed.usableMs < USABLE_MS, `usable after ${speed.usableMs} ms`);
  assert.ok(speed.bytes < BYTES, `${speed.bytes} bytes`);
});
