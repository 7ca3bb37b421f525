import net from 'node:net';
import type { AddressInfo } from 'node:net';

/** A TCP door before a server that can be shut and opened again, to take a database away from whoever uses it. */
export interface BreakableDoor {
  /** The address given, through the door. */
  readonly url: string;
  /** Cuts every connection and refuses new ones until the work has ended. */
  closedWhile(work: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** Opens a door on loopback before the server that `url` names. */
export async function openDoor(url: string): Promise<BreakableDoor> {
  const target = new URL(url);
  const open = new Set<net.Socket>();
  const server = net.createServer((near) => {
    const far = net.connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve());
    });
  const shut = (): Promise<void> => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    for (const socket of open) socket.destroy();
    return closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const through = new URL(url);
  through.host = `127.0.0.1:${port}`;
  return {
    url: through.href,
    closedWhile: async (work) => {
      await shut();
      try {
        await work();
      } finally {
        await listen(port);
      }
    },
    close: shut,
  };
}
