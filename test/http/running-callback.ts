import type { Account } from '../../src/flows/ports/accounts.ts';
import { Admissions } from '../../src/http/admissions.ts';
import { createDeliveryDoor } from '../../src/http/delivery-door.ts';
import type { DeliveryDoorDependencies } from '../../src/http/delivery-door.ts';
import { RequestTurns } from '../../src/http/request-turns.ts';
import { wechatCheckRoutes } from '../../src/http/routes/wechat-check.ts';
import { RunningDeliveries } from '../../src/http/running-deliveries.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { Metrics } from '../../src/metrics.ts';
import { ProcessMemory } from '../../src/store/process-memory.ts';
import { messageDoor } from '../../src/wechat/messages/message-door.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { runApp } from './running-app.ts';
import type { RunningApp } from './running-app.ts';

export type CallbackGiven = Partial<Omit<DeliveryDoorDependencies, 'logger' | 'metrics' | 'running' | 'turns'>> &
  Pick<DeliveryDoorDependencies, 'receiveMessage'> & {
    /** The only one there is. */
    readonly account: Account;
    /** How many deliveries are enough; with 0 it is always full. */
    readonly runningMax?: number;
  };

export interface RunningCallback extends RunningApp {
  readonly running: RunningDeliveries;
  readonly metrics: Metrics;
  /** Sends a delivery to the account `main`. */
  readonly post: (delivery: { query: Record<string, string>; body: string | Buffer }) => Promise<Response>;
}

/** Serves the callback of one account as the service does, with whatever stands behind it. */
export async function runCallback(
  context: Parameters<typeof runApp>[0],
  { account, runningMax, ...given }: CallbackGiven,
): Promise<RunningCallback> {
  const logger = quietLogger();
  const turns = new RequestTurns();
  const metrics = createMetrics();
  const running = new RunningDeliveries({ turns, logger, ...(runningMax === undefined ? {} : { runningMax }) });
  const parts = {
    accounts: { account: async (id: string) => (id === account.id ? account : undefined) },
    door: messageDoor,
    late: { lapsed: async () => 'last' as const },
    admissions: new Admissions({ memory: new ProcessMemory(), logger }),
    clock: { nowMs: () => Date.now() },
    proxyHops: 0,
    ...given,
  };
  const early = createDeliveryDoor({ ...parts, running, turns, metrics, logger });
  const routers = [wechatCheckRoutes({ ...parts, door: messageDoor })];
  const app = await runApp(context, { routers, early, turns, metrics, logger, proxyHops: parts.proxyHops });
  const post: RunningCallback['post'] = ({ query, body }) =>
    fetch(`${app.url}/wechat/main?${new URLSearchParams(query).toString()}`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body,
    });
  return { ...app, logger, running, metrics, post };
}
