/**
 * A process that stops itself (SIGSTOP) inside its first draw's transaction, while it holds the activity's lock.
 * Started by a test as `node stalling-process.ts <database url> <live activity as JSON>`.
 */
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import { createPool } from '../../src/store/database.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { batcherOver, follower, messageKey } from './draws.ts';
import { quietLogger } from './quiet-logger.ts';

const [url, activityJson] = process.argv.slice(2);
if (url === undefined || activityJson === undefined) throw new Error('usage: stalling-process.ts <url> <activity>');
const activity = JSON.parse(activityJson) as LiveActivity;
const store = createDrawStore(createPool({ url, connectionsMax: 2, name: 'stalling' }, quietLogger()));
const batcher = batcherOver({
  ...store,
  runBatch: (lane, requests, decide) =>
    store.runBatch(lane, requests, (facts, fresh) => {
      process.stdout.write('holding the lock\n');
      process.kill(process.pid, 'SIGSTOP');
      return decide(facts, fresh);
    }),
});
await batcher.draw({ activity, openid: follower(999), key: messageKey('stalled'), render: (text) => text });
