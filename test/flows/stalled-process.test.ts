import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { it } from 'node:test';
import { createPool } from '../../src/store/database.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { freshDatabase } from '../support/database.ts';
import { batcherOver, countDraws, follower, messageKey } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';

it('a process stopped inside its transaction holds the others up for less than 3 s', async () => {
  const database = await freshDatabase();
  const pool = createPool({ url: database.url, connectionsMax: 4, name: 'going-on' }, quietLogger());
  const activity = await publishActivity(database.client);
  const script = new URL('../support/stalling-process.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, database.url, JSON.stringify(activity)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(child.stdout, 'data');
    const started = Date.now();
    await batcherOver(createDrawStore(pool)).draw({
      activity,
      openid: follower(1),
      key: messageKey(1),
      render: (text) => text,
    });
    const tookMs = Date.now() - started;
    assert.ok(tookMs < 15_000, `the other process waited ${tookMs} ms`);
    assert.equal((await countDraws(database.client)).draws, 1);
  } finally {
    child.kill('SIGKILL');
    await pool.end();
    await database.close();
  }
});
