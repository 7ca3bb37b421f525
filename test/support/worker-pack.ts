import type { Random } from '../../src/simulator/random.ts';
import { startServiceProcess } from './service-process.ts';
import type { ServiceProcess, ServiceSurroundings } from './service-process.ts';

/** Worker processes that are killed and stalled at random, always as many of them. */
export interface WorkerPack {
  /** What was done to them so far. */
  readonly done: { kills: number; stalls: number; longStalls: number };
  /** Kills one without warning, stalled or not, and starts another in its place. */
  kill(): void;
  /** Stops one that runs and lets it go on after so many ms. */
  stall(forMs: number): void;
  /** Lets everyone go on and waits until the new ones are ready. */
  whole(): Promise<void>;
  /** Ends all of them: each by SIGKILL or politely, as luck has it. */
  end(): Promise<void>;
  /** Everything they said at level error. */
  errors(): readonly string[];
}

interface Place {
  process: Promise<ServiceProcess>;
  stalled: NodeJS.Timeout | null;
}

/** From here on a stall outlives the lease of 25 s. */
const LONG_STALL_MS = 25_000;

/** Starts so many workers and waits until they are ready. */
export async function startWorkerPack(
  surroundings: ServiceSurroundings,
  luck: Random,
  count: number,
): Promise<WorkerPack> {
  const start = (): Promise<ServiceProcess> => startServiceProcess(surroundings, { ROLE: 'worker' });
  const everyone: Promise<ServiceProcess>[] = [];
  const enlist = (): Place => {
    const process = start();
    everyone.push(process);
    // Whoever uses it next learns of a failed start; until then it is no uncaught error.
    process.catch(() => undefined);
    return { process, stalled: null };
  };
  const places = Array.from({ length: count }, enlist);
  await Promise.all(places.map((place) => place.process));
  const said: string[] = [];
  const done = { kills: 0, stalls: 0, longStalls: 0 };
  const goOn = (place: Place, worker: ServiceProcess): void => {
    if (place.stalled === null) return;
    clearTimeout(place.stalled);
    place.stalled = null;
    worker.child.kill('SIGCONT');
  };
  const bury = async (place: Place, signal: NodeJS.Signals): Promise<void> => {
    const worker = await place.process;
    if (signal !== 'SIGKILL') goOn(place, worker);
    await worker.end(signal);
    if (place.stalled !== null) clearTimeout(place.stalled);
    said.push(...errorsOf(worker));
  };
  return {
    done,
    kill() {
      const at = luck.whole(places.length);
      const place = places[at];
      if (place === undefined) return;
      done.kills += 1;
      places[at] = { process: bury(place, 'SIGKILL').then(start), stalled: null };
      everyone.push(places[at].process);
      places[at].process.catch(() => undefined);
    },
    stall(forMs) {
      const running = places.filter((place) => place.stalled === null);
      if (running.length === 0) return;
      const place = luck.pick(running);
      done[forMs > LONG_STALL_MS ? 'longStalls' : 'stalls'] += 1;
      void place.process.then((worker) => {
        worker.child.kill('SIGSTOP');
        place.stalled = setTimeout(() => goOn(place, worker), forMs);
      });
    },
    async whole() {
      for (const place of places) goOn(place, await place.process);
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
