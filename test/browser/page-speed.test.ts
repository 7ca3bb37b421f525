import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { startBrowser } from '../support/browser.ts';
import { publishActivity } from '../support/live-activity.ts';
import { measurePage, middleOf, SPEED_TARGET } from '../support/page-speed.ts';
import { startPageWorld } from '../support/page-world.ts';
import { PLAY_RULES } from '../support/play-rules.ts';

// What else a machine does only adds to what is measured, so the quickest of some openings says most about the page; and
// half as much again is left for a machine that never rests.
const OPENINGS_MAX = 5;
const SLACK = 1.5;

let browser: Browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

it('on a slow phone in a weak net the page is seen and can be played before anybody leaves', async (context) => {
  const world = await startPageWorld(context);
  const { slug } = await publishActivity(world.database.client, PLAY_RULES.wheel);
  const seen: string[] = [];
  for (let opening = 0; opening < OPENINGS_MAX; opening += 1) {
    const speed = middleOf(await measurePage(browser, `${world.doors[0]}/a/${slug}`, 1));
    seen.push(JSON.stringify(speed));
    assert.ok(speed.bytes < SPEED_TARGET.bytes, `${speed.bytes} bytes`);
    const { firstPaintMs, usableMs } = speed;
    if (firstPaintMs > SPEED_TARGET.firstPaintMs * SLACK || usableMs > SPEED_TARGET.usableMs * SLACK) continue;
    context.diagnostic(seen.at(-1) ?? '');
    return;
  }
  assert.fail(`too slow every time: ${seen.join(', ')}`);
});
