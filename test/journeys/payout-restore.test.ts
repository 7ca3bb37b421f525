import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { runCommand } from '../../src/cli.ts';
import { both, RestoreWorld } from '../support/restore-world.ts';
import { serviceEnvironment } from '../support/service-process.ts';

// Both wait most of their time for leases that a dead process left behind.
describe('an older dump restored', { concurrency: true }, () => {
  it('is asked about first: what was paid is booked and not sent again, what was lost is named', async (test) => {
    const world = await RestoreWorld.start();
    try {
      const window = await world.loseAWindow();
      test.diagnostic(`dump by ${window.dumpedBy}: ${window.paidUnseen.size} numbers were paid after it`);
      assert.ok(window.paidUnseen.size > 0);
      const log = join(mkdtempSync(join(tmpdir(), 'hongbao-restore-')), 'service.log');
      writeFileSync(log, window.log);
      const outcome = await runCommand(['after-restore', log], serviceEnvironment(world.surroundings, 8080));
      const named = outcome.lines.flatMap((line) => /^UNKNOWN HERE (\w+)$/.exec(line)?.[1] ?? []);
      assert.deepEqual(new Set(named), window.lost);
      const forgotten = both(await world.numbers('waiting', 'unknown'), window.paid);
      assert.equal(forgotten.size, 0, await world.historyOf(forgotten));
      await world.goOn(window.lost);
      const again = both(world.sentSince(), window.paid);
      assert.equal(again.size, 0, await world.historyOf(again));
      await world.compareBooks(window);
    } finally {
      await world.close();
    }
  });

  it('is not asked about: what was paid is sent again under its number, and none of it is paid twice', async (test) => {
    const world = await RestoreWorld.start();
    try {
      const window = await world.loseAWindow();
      await world.goOn(window.lost);
      const again = both(world.sentSince(), window.paid);
      test.diagnostic(`dump by ${window.dumpedBy}: ${again.size} numbers were sent again`);
      assert.deepEqual(again, window.paidUnseen);
      await world.compareBooks(window);
    } finally {
      await world.close();
    }
  });
});
