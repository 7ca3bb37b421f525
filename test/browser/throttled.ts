import { parseArgs } from 'node:util';
import { startBrowser } from '../support/browser.ts';
import { buildPool } from '../support/code-pools.ts';
import { publishActivity } from '../support/live-activity.ts';
import { withPostgres } from '../support/own-postgres.ts';
import { measurePage, middleOf, SLOW_PHONE, SPEED_TARGET } from '../support/page-speed.ts';
import { startPageWorld } from '../support/page-world.ts';
import { PLAY_RULES, PLAYS } from '../support/play-rules.ts';

// node test/browser/throttled.ts [--times 5] [--play wheel]: opens the page of every play in Chromium as WeChat's own
// browser would on a slow phone in a weak net, and prints the middle of the openings. Ends with code 1 when one of them
// takes longer or weighs more than is promised. A machine that does something else meanwhile is slower.

const { values } = parseArgs({ options: { times: { type: 'string', default: '5' }, play: { type: 'string' } } });
const times = Number(values.times);
if (!Number.isInteger(times) || times < 1 || times > 50) throw new RangeError('--times takes 1 to 50');
const plays = PLAYS.filter((play) => values.play === undefined || play === values.play);
if (plays.length === 0) throw new RangeError(`--play takes one of ${PLAYS.join(', ')}`);

const { kilobitsPerSecond, latencyMs, cpuSlowdown } = SLOW_PHONE;
console.log(
  `${kilobitsPerSecond} kbit/s, ${latencyMs} ms, processor ${cpuSlowdown} times slower; ${times} openings each`,
);
console.log('play        first paint   usable     bytes');
await withPostgres(async () => {
  const endings: (() => unknown)[] = [];
  const browser = await startBrowser();
  try {
    const world = await startPageWorld({ after: (end) => void endings.unshift(end as () => unknown) });
    for (const play of plays) {
      const { slug } = await publishActivity(world.database.client, PLAY_RULES[play]);
      if (play === 'code') await buildPool(world.database.client, 'caps', ['ABCD2345']);
      const speed = middleOf(await measurePage(browser, `${world.doors[0]}/a/${slug}`, times));
      const met = SPEED_TARGET.meets(speed);
      if (!met) process.exitCode = 1;
      const [paint, usable] = [speed.firstPaintMs, speed.usableMs].map((ms) => `${Math.round(ms)} ms`);
      console.log(
        `${play.padEnd(12)}${paint?.padStart(11)}${usable?.padStart(9)}${String(speed.bytes).padStart(10)}${met ? '' : '  too slow'}`,
      );
    }
  } finally {
    await browser.close();
    for (const end of endings) await end();
  }
});
