import type { Random } from '../../src/simulator/random.ts';
import { startServiceProcess } from './service-process.ts';
import type { ServiceProcess, ServiceSurroundings } from './service-process.ts';

/** Worker processes that are killed and stalled at random, always as many of them. */
export interface WorkerPack {
  /** What was done to them so far. */
  readonly done: { kills: number; stalls: number; longStalls: number };
  /** Kills one without warning, stalled for short or not, and starts another in its place. False when there is none. */
  kill(): boolean;
  /** Stops one that runs and lets it go on after so many ms. False when none runs. */
  stall(forMs: number): boolean;
  /** Lets everyone go on and waits until the new ones are ready. */
  whole(): Promise<void>;
  /** Ends all of them: each by SIGKILL or politely, as luck has it. */
  end(): Promise<void>;
  /** Everything they said at level error. */
  errors(): readonly string[];
}

interface Place {
  readonly process: Promise<ServiceProcess>;
  /** The same once it is ready. */
  ready: ServiceProcess | null;
  stalled: NodeJS.Timeout | null;
  /** Stands still for longer than its lease: it is to wake up and meet its heir. */
  long: boolean;
}

// A machine that is busy with all of them, and with the simulator, starts one slowly.
const READY_MS = 30_000;
/** From here on a stall outlives the lease of 25 s. */
const LONG_STALL_MS = 25_000;

/** Starts so many workers and waits until they are ready. */
export async function startWorkerPack(
  surroundings: ServiceSurroundings,
  luck: Random,
  count: number,
): Promise<WorkerPack> {
  const everyone: Promise<ServiceProcess>[] = [];
  const enlist = (after: Promise<void>): Place => {
    const process = after.then(() => startServiceProcess(surroundings, { ROLE: 'worker' }, READY_MS));
    everyone.push(process);
    const place: Place = { process, ready: null, stalled: null, long: false };
    process.then(
      (worker) => (place.ready = worker),
      // Whoever uses it next learns of a failed start; until then it is no uncaught error.
      () => undefined,
    );
    return place;
  };
  const places = Array.from({ length: count }, () => enlist(Promise.resolve()));
  await Promise.all(places.map((place) => place.process));
  const said: string[] = [];
  const done = { kills: 0, stalls: 0, longStalls: 0 };
  const goOn = (place: Place): void => {
    if (place.stalled === null) return;
    clearTimeout(place.stalled);
    place.stalled = null;
    place.long = false;
    place.ready?.child.kill('SIGCONT');
  };
  const bury = async (place: Place, signal: NodeJS.Signals): Promise<void> => {
    const worker = await place.process;
    if (signal !== 'SIGKILL') goOn(place);
    await worker.end(signal);
    if (place.stalled !== null) clearTimeout(place.stalled);
    said.push(...errorsOf(worker));
  };
  return {
    done,
    kill() {
      const mortal = places.filter((place) => !place.long);
      if (mortal.length === 0) return false;
      const place = luck.pick(mortal);
      done.kills += 1;
      places[places.indexOf(place)] = enlist(bury(place, 'SIGKILL'));
      return true;
    },
    stall(forMs) {
      const running = places.filter(({ ready, stalled }) => ready !== null && stalled === null);
      if (running.length === 0) return false;
      const place = luck.pick(running);
      place.long = forMs > LONG_STALL_MS;
      done[place.long ? 'longStalls' : 'stalls'] += 1;
      place.ready?.child.kill('SIGSTOP');
      place.stalled = setTimeout(() => goOn(place), forMs);
      return true;
    },
    async whole() {
      for (const place of places) goOn(place);
      await Promise.all(places.map((place) => place.process));
    },
    async end() {
      await Promise.all(places.map((place) => bury(place, luck.chance(0.5) ? 'SIGKILL' : 'SIGTERM')));
      for (const process of everyone) await (await process).end('SIGKILL');
    },
    errors: () => said,
  };
}

function errorsOf(worker: ServiceProcess): readonly string[] {
  return worker
    .said()
    .split('\n')
    .filter((line) => line.includes('"level":"error"'));
}
