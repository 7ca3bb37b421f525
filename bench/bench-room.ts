import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs a benchmark with a folder of its own, which is gone afterwards, and a signal that aborts when it is stopped. */
export async function inBenchRoom(work: (room: string, stopped: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
  }
  const room = mkdtempSync(join(tmpdir(), 'hongbao-bench-'));
  // Root's server runs as user postgres, who has to get in.
  chmodSync(room, 0o755);
  try {
    await work(room, stop.signal);
  } finally {
    rmSync(room, { recursive: true, force: true });
  }
}
