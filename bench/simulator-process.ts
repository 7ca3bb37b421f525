import { startSimulator } from '../src/simulator/simulator.ts';
import type { Simulator } from '../src/simulator/simulator.ts';
import type { SimulatorOptions } from '../src/simulator/simulator-options.ts';

// The simulator in a process of its own, so that its work is not counted as the service's: started by fork with its
// options as JSON, it tells where it is, answers each message with what it saw and ends when its parent does.

const SEND_PATH = '/mmpaymkttransfers/sendredpack';

/** What a service must know of it, and the people who may win. */
export type SimulatorPlace = Pick<Simulator, 'httpUrl' | 'payUrl' | 'caPem' | 'account' | 'merchant'> & {
  readonly openids: readonly string[];
};

/** What it has seen so far. */
export interface SimulatorSight {
  /** When each call arrived, Unix ms. */
  readonly sendsMs: readonly number[];
  readonly queriesMs: readonly number[];
  readonly paid: number;
  readonly paidTwice: number;
  readonly violations: number;
  /** CPU time of the process so far. */
  readonly cpuMicros: number;
}

const options = JSON.parse(process.argv[2] ?? '{}') as SimulatorOptions;
const simulator = await startSimulator(options);
const { httpUrl, payUrl, caPem, account, merchant, followers } = simulator;
const place: SimulatorPlace = {
  httpUrl,
  payUrl,
  caPem,
  account,
  merchant: { ...merchant, p12: Buffer.alloc(0) },
  openids: followers.list().map((follower) => follower.openid),
};

function see(): SimulatorSight {
  const { arrivals, paidCountByNumber, violations } = simulator.books;
  const { user, system } = process.cpuUsage();
  const times = [...paidCountByNumber.values()];
  return {
    sendsMs: arrivals.filter(({ path }) => path === SEND_PATH).map(({ atMs }) => atMs),
    queriesMs: arrivals.filter(({ path }) => path !== SEND_PATH).map(({ atMs }) => atMs),
    paid: times.length,
    paidTwice: times.filter((count) => count > 1).length,
    violations: violations.length,
    cpuMicros: user + system,
  };
}

process.on('message', () => process.send?.(see()));
process.on('disconnect', () => process.exit(0));
process.send?.(place);
