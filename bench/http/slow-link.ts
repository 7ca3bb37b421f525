import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { fileURLToPath } from 'node:url';

// A way to a database that takes 1 ms in each direction, in a process of its own: started by fork with the port it leads
// to, it tells its own.

const EACH_WAY_MS = 1;

/** A database URL that goes the long way. */
export interface SlowLink {
  readonly url: string;
  stop(): void;
}

/** Starts the process that holds every byte up for 1 ms in each direction. */
export async function startSlowLink(databaseUrl: string): Promise<SlowLink> {
  const url = new URL(databaseUrl);
  const child = fork(fileURLToPath(import.meta.url), [url.port]);
  const [port] = (await once(child, 'message')) as [number];
  url.port = String(port);
  return { url: url.href, stop: () => child.disconnect() };
}

/** Timers of Node fire up to a millisecond late, so what is due is looked at after every turn instead. */
function holdUp(from: Socket, to: Socket): void {
  const held: { readonly dueMs: number; readonly chunk: Buffer }[] = [];
  let looking = false;
  const look = (): void => {
    for (let first = held[0]; first !== undefined && first.dueMs <= performance.now(); first = held[0]) {
      held.shift();
      to.write(first.chunk);
    }
    looking = held.length > 0;
    if (looking) setImmediate(look);
  };
  from.on('data', (chunk: Buffer) => {
    held.push({ dueMs: performance.now() + EACH_WAY_MS, chunk });
    if (!looking) look();
  });
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroy());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: Number(process.argv[2]), host: '127.0.0.1', noDelay: true });
    holdUp(near, far);
    holdUp(far, near);
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('disconnect', () => process.exit(0));
}
