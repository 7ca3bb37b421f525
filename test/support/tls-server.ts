import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { merchantId } from '../../src/base/ids.ts';
import type { Merchant } from '../../src/flows/ports/accounts.ts';
import { makeCertificates } from '../../src/simulator/tls/certificates.ts';
import type { Certificates } from '../../src/simulator/tls/certificates.ts';

/** What a test's own WeChat Pay saw of one request. */
export interface SeenRequest {
  readonly path: string;
  readonly body: string;
  /** Serial number of the client certificate. */
  readonly serial: string;
  /** Which connection it came over, counted from 1. */
  readonly connection: number;
}

export type Answer = (seen: SeenRequest, response: ServerResponse, socket: Socket) => void;

/** A server on loopback that asks for a client certificate and answers as the test says. */
export interface TlsServer {
  readonly url: string;
  readonly caPem: string;
  readonly merchant: Merchant;
  /** The same merchant after its certificate was renewed; the server takes both. */
  readonly renewed: Merchant;
  readonly seen: SeenRequest[];
  /** What a second host of the same service is started with. */
  readonly certificates: readonly [Certificates, Certificates];
  answer: Answer;
  close(): Promise<void>;
}

/** Starts the server on a free port. Its certificate is good for 127.0.0.1 under a CA of its own, or that of `twin`. */
export async function startTlsServer(answer: Answer, twin?: TlsServer): Promise<TlsServer> {
  const [certificates, later] =
    twin?.certificates ?? (await Promise.all([makeCertificates('1900000109'), makeCertificates('1900000109')]));
  const seen: SeenRequest[] = [];
  const connections = new Map<Socket, number>();
  const server = createServer(
    {
      cert: certificates.server.certPem,
      key: certificates.server.keyPem,
      ca: [certificates.ca.certPem, later.ca.certPem],
      requestCert: true,
      rejectUnauthorized: true,
    },
    (request: IncomingMessage, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const socket = request.socket as TLSSocket;
        seen.push({
          path: request.url ?? '',
          body: Buffer.concat(chunks).toString('utf8'),
          serial: socket.getPeerCertificate().serialNumber,
          connection: connections.get(socket) ?? 0,
        });
        started.answer(seen.at(-1) as SeenRequest, response, socket);
      });
    },
  );
  server.on('secureConnection', (socket) => connections.set(socket, connections.size + 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const started: TlsServer = {
    url: `https://127.0.0.1:${port}`,
    caPem: certificates.ca.certPem,
    merchant: merchantWith(certificates.merchant.certPem, certificates.merchant.keyPem),
    renewed: merchantWith(later.merchant.certPem, later.merchant.keyPem),
    seen,
    certificates: [certificates, later],
    answer,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return started;
}

/** A merchant whose secrets are good for signing and for TLS. */
export function merchantWith(certificatePem: string, privateKeyPem: string): Merchant {
  return {
    id: merchantId('main'),
    mchId: '1900000109',
    apiKey: '192006250b4c09247ec02edce69f6a2d',
    certificatePem,
    privateKeyPem,
    sendName: '红包商户',
    clientIp: '127.0.0.1',
    state: 'open',
    stoppedReason: null,
    subMchId: null,
    msgAppId: null,
    consumeMchId: null,
    limits: {
      amountMinFen: 100,
      amountMaxFen: 20_000,
      scenes: [],
      personDayPackets: 10,
      personDayFen: 100_000,
      dayFen: 100_000_000,
      spacingMs: 34.5,
      callsMax: 8,
    },
  };
}
