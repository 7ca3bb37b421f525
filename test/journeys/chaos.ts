import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { runPayoutChaos } from '../support/payout-chaos.ts';

// npm run chaos [-- --rounds 50 --payouts 2000 --workers 3 --long-stalls 2 --seed word]: worker processes are killed and
// stalled at random while they pay, on a PostgreSQL of its own; then everything settles and the books are compared. The
// seed repeats what is done to them, not the machine's own timing. Ends with code 0 only if the books agree.

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > most) throw new RangeError(`--${name} takes 0 to ${most}`);
  return value;
}

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    payouts: { type: 'string', default: '2000' },
    workers: { type: 'string', default: '3' },
    'long-stalls': { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Date.now()) },
  },
});
const plan = {
  seed: values.seed,
  rounds: wholeNumber('rounds', values.rounds, 1000),
  payouts: wholeNumber('payouts', values.payouts, 20_000),
  workers: wholeNumber('workers', values.workers, 8),
  longStalls: wholeNumber('long-stalls', values['long-stalls'], 10),
  say: (line: string) => console.log(line),
};
console.log(`seed ${plan.seed}`);
const room = mkdtempSync(join(tmpdir(), 'hongbao-chaos-'));
// Root's server runs as user postgres, who has to get in.
chmodSync(room, 0o755);
try {
  const server = await startEmbeddedPostgres({
    dataDir: join(room, 'postgres'),
    preferredPort: 0,
    logger: quietLogger(),
  });
  try {
    process.env['TEST_DATABASE_URL'] = server.url;
    console.log(JSON.stringify(await runPayoutChaos(plan), null, 2));
    console.log('none paid twice, none lost: our books and WeChat Pay’s agree');
  } finally {
    await server.stop();
  }
} finally {
  rmSync(room, { recursive: true, force: true });
}
