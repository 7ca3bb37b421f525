import pg from 'pg';
import type { Logger } from '../base/logger.ts';
import type { PayoutWake } from '../flows/ports/payouts.ts';
import { PAYOUT_CHANNEL } from './draw-write.ts';

const RECONNECT_MS = 1000;

/** Listens for "payouts are due" on a connection of its own; one that is lost is made again every second. */
export function createPayoutWake(options: { readonly url: string; readonly logger: Logger }): PayoutWake {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  async function listen(onDue: () => void): Promise<void> {
    const listener = new pg.Client({
      connectionString: options.url,
      application_name: 'hongbao-wake',
      keepAlive: true,
    });
    client = listener;
    listener.on('error', (error) => options.logger.warn({ error: error.message }, 'payout-wake-lost'));
    listener.on('end', () => {
      if (!stopped) timer = setTimeout(() => void listen(onDue), RECONNECT_MS);
    });
    listener.on('notification', onDue);
    try {
      await listener.connect();
      await listener.query(`listen ${PAYOUT_CHANNEL}`);
      // What became due while nobody listened.
      onDue();
    } catch (error) {
      options.logger.warn({ error: String(error) }, 'payout-wake-not-connected');
      await listener.end().catch(() => {});
    }
  }

  return {
    start: (onDue) => void listen(onDue),
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  };
}
