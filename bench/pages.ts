import { parseArgs } from 'node:util';
import { startBrowser } from '../test/support/browser.ts';
import { buildPool } from '../test/support/code-pools.ts';
import { publishActivity } from '../test/support/live-activity.ts';
import { measurePage, middleOf, SLOW_PHONE } from '../test/support/page-speed.ts';
import { startPageWorld } from '../test/support/page-world.ts';
import { PLAY_RULES, PLAYS } from '../test/support/play-rules.ts';

// node bench/pages.ts [--times 5]: opens every play's page in Chromium with WeChat's user agent on a slow phone in a weak
// net, with an empty cache, and prints the middle of so many openings. TEST_DATABASE_URL as for the tests.

const { values } = parseArgs({ options: { times: { type: 'string', default: '5' } } });
const times = Math.min(50, Math.max(1, Number(values.times) || 5));
const { kilobitsPerSecond, latencyMs, cpuSlowdown } = SLOW_PHONE;
const ends: (() => unknown)[] = [];

console.log(
  `${kilobitsPerSecond} kbit/s, ${latencyMs} ms latency, CPU ${cpuSlowdown} times slower, middle of ${times}`,
);
console.log('play        first paint   usable     KB');
const browser = await startBrowser();
try {
  for (const play of PLAYS) {
    const world = await startPageWorld({ after: (end) => void ends.push(end as () => unknown) });
    const { slug } = await publishActivity(world.database.client, PLAY_RULES[play]);
    if (play === 'code') await buildPool(world.database.client, 'caps', ['hk7m3qwx9trp']);
    const { firstPaintMs, usableMs, bytes } = middleOf(
      await measurePage(browser, `${world.doors[0]}/a/${slug}`, times),
    );
    const columns = [`${Math.round(firstPaintMs)} ms`.padStart(11), `${Math.round(usableMs)} ms`.padStart(8)];
    console.log(`${play.padEnd(12)}${columns.join(' ')} ${(bytes / 1024).toFixed(1).padStart(6)}`);
    for (const end of ends.splice(0).toReversed()) await end();
  }
} finally {
  await browser.close();
  for (const end of ends.toReversed()) await end();
}
