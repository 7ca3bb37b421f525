import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { it } from 'node:test';
import { decisionsOfSeed } from '../support/decide-histories.ts';

const SEED = 20_261_121;
const PLACES = [
  { TZ: 'America/St_Johns', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
  { TZ: 'Pacific/Kiritimati', LC_ALL: 'ar_EG.UTF-8', LANG: 'ar_EG.UTF-8' },
  { TZ: 'Asia/Shanghai', LC_ALL: 'zh_CN.UTF-8', LANG: 'zh_CN.UTF-8' },
];

it('the same facts and luck give the same decision in another process, time zone and language', () => {
  const here = decisionsOfSeed(SEED);
  assert.ok(here.split('\n').length >= 1000);
  const program = fileURLToPath(new URL('../support/decide-histories.ts', import.meta.url));
  for (const place of PLACES) {
    const child = spawnSync(process.execPath, [program, String(SEED)], {
      env: { PATH: process.env['PATH'], ...place },
      encoding: 'utf8',
      maxBuffer: 64 * 2 ** 20,
      timeout: 60_000,
    });
    assert.equal(child.status, 0, child.stderr);
    const there = child.stdout.split('\n');
    const different = here.split('\n').findIndex((line, index) => line !== there[index]);
    assert.equal(different, -1, `decision ${different} differs with ${place.TZ}: ${there[different]}`);
  }
});
