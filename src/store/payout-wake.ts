import pg from 'pg';
import type { Logger } from '../base/logger.ts';
import type { PayoutWake } from '../flows/ports/payouts.ts';
import { PAYOUT_CHANNEL } from './draw-write.ts';

const RECONNECT_MS = 1000;
const CONNECT_TIMEOUT_MS = 4000;

/**
 * Listens for "payouts are due" on a connection of its own (a pooled one would lose its subscription when it goes
 * back) and makes it again every second while it is lost. It wakes after each connect too, for what it missed.
 */
export function createPayoutWake(options: { readonly url: string; readonly logger: Logger }): PayoutWake {
  const { url, logger } = options;
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let warned = false;

  function listen(onDue: () => void): void {
    const listener = new pg.Client({
      connectionString: url,
      application_name: 'hongbao-wake',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
    });
    client = listener;
    let ended = false;
    const lost = (reason: string): void => {
      if (ended) return;
      ended = true;
      listener.end().catch(() => undefined);
      if (stopped) return;
      // Once per loss: the worker polls meanwhile, so a database that stays away is told of elsewhere.
      if (!warned) logger.warn({ reason }, 'payout-wake-lost');
      warned = true;
      timer = setTimeout(() => listen(onDue), RECONNECT_MS);
    };
    listener.on('error', (error) => lost(error.message));
    listener.on('end', () => lost('the connection ended'));
    listener.on('notification', () => onDue());
    subscribe(listener).then(
      () => {
        warned = false;
        onDue();
      },
      (error: Error) => lost(error.message),
    );
  }

  return {
    start: listen,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await client?.end().catch(() => undefined);
    },
  };
}

async function subscribe(listener: pg.Client): Promise<void> {
  await listener.connect();
  await listener.query(`listen ${PAYOUT_CHANNEL}`);
}
