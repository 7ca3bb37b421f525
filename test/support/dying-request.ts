/**
 * A process that dies (SIGKILL) while it carries out a request under an idempotency key: `before` or `after` the work has
 * committed, and in any case before its answer is kept. Started by a test as `node dying-request.ts <database url> <when>`.
 */
import { createPool } from '../../src/store/database.ts';
import { createApiRequests } from '../../src/store/api/api-requests.ts';
import { createSecretBox } from '../../src/store/sealed-secret.ts';
import { inTransaction } from '../../src/store/transaction.ts';
import { quietLogger } from './quiet-logger.ts';

const [url, when] = process.argv.slice(2);
if (url === undefined || (when !== 'before' && when !== 'after')) throw new Error('usage: <url> before|after');
const pool = createPool({ url, connectionsMax: 2, name: 'dying' }, quietLogger());
const requests = createApiRequests(pool, createSecretBox(Buffer.alloc(32)));
const keyed = { caller: 'token:x', key: `dies-${when}`, route: 'work', requestHash: 'h' };
const begun = await requests.begin(keyed, Date.now());
if (begun.kind !== 'ours') throw new Error(`the request is ${begun.kind}`);
await begun.opened.run(() =>
  inTransaction(pool, async (client) => {
    await client.query('insert into work values ($1)', [keyed.key]);
    if (when === 'before') process.kill(process.pid, 'SIGKILL');
  }),
);
process.kill(process.pid, 'SIGKILL');
