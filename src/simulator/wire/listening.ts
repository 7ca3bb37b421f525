import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';

const portsTriedMax = 20;

/** Listens on 127.0.0.1 at the wished port or one of the next 19, or at any free one for 0. Returns the port. */
export async function listenOnLoopback(server: Server, wishedPort: number): Promise<number> {
  for (let step = 0; step < portsTriedMax; step += 1) {
    try {
      server.listen({ port: wishedPort === 0 ? 0 : wishedPort + step, host: '127.0.0.1', exclusive: true });
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    }
  }
  throw new Error(`the ports ${wishedPort} to ${wishedPort + portsTriedMax - 1} are all taken`);
}

/** Stops listening and drops what is still open; returns when the last socket is gone. */
export async function stopListening(server: Server & { closeAllConnections(): void }): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
