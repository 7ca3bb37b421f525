import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedWebhook {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Somebody's server that is told of events, and answers as the test says. */
export interface WebhookReceiver {
  readonly url: string;
  readonly received: ReceivedWebhook[];
  answer: (received: ReceivedWebhook, response: ServerResponse) => void;
  /** The events as the receiver reads them, in the order they came. */
  events(): readonly { readonly id: string; readonly type: string; readonly data: Readonly<Record<string, unknown>> }[];
  close(): Promise<void>;
}

/** Starts one on loopback that takes everything. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const received = { headers: request.headers, text: Buffer.concat(chunks).toString('utf8') };
      receiver.received.push(received);
      receiver.answer(received, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${port}/hongbao`,
    received: [],
    answer: (_received, response) => void response.writeHead(204).end(),
    events: () =>
      receiver.received.map(({ text }) => JSON.parse(text) as ReturnType<WebhookReceiver['events']>[number]),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return receiver;
}
