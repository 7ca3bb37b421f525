import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { connect, createSecureContext, createServer, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import forge from 'node-forge';
import { makeCertificates, type Certificates } from '../../src/simulator/tls/certificates.ts';

const mchId = '1900009851';

test('a root, a server and a merchant certificate are made within a second', async () => {
  const startMs = performance.now();
  const { ca, server, merchant } = await makeCertificates(mchId);
  const tookMs = performance.now() - startMs;
  const root = new X509Certificate(ca.certPem);
  const serverCertificate = new X509Certificate(server.certPem);
  const merchantCertificate = new X509Certificate(merchant.certPem);
  assert.equal(root.ca, true);
  assert.equal(serverCertificate.checkIP('127.0.0.1'), '127.0.0.1');
  assert.equal(serverCertificate.checkHost('localhost'), 'localhost');
  assert.ok(serverCertificate.verify(root.publicKey) && serverCertificate.checkIssued(root));
  assert.ok(merchantCertificate.verify(root.publicKey) && merchantCertificate.checkIssued(root));
  assert.match(merchantCertificate.subject, /CN=1900009851/);
  assert.equal(merchantCertificate.publicKey.asymmetricKeyDetails?.modulusLength, 2048);
  assert.ok(tookMs < 5000, `took ${tookMs} ms on a busy machine`);
});

test('the p12 opens with the merchant number in a real mutual handshake', async (context) => {
  const certificates = await makeCertificates(mchId);
  const { ca, merchant } = certificates;
  const peer = await handshake(certificates, context, { ca: ca.certPem, pfx: merchant.p12, passphrase: mchId });
  assert.deepEqual(peer, { authorized: true, commonName: mchId });
});

test('a certificate of another root is seen as foreign', async (context) => {
  const certificates = await makeCertificates(mchId);
  const { merchant } = await makeCertificates(mchId);
  const credentials = { ca: certificates.ca.certPem, pfx: merchant.p12, passphrase: mchId };
  assert.equal((await handshake(certificates, context, credentials)).authorized, false);
});

test('the p12 refuses a wrong password', async () => {
  const { merchant } = await makeCertificates(mchId);
  assert.throws(() => createSecureContext({ pfx: merchant.p12, passphrase: '1900009852' }), /mac verify failure/i);
});

test('node-forge reads key and certificate from the p12', async () => {
  const { merchant } = await makeCertificates(mchId);
  const file = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(merchant.p12.toString('binary')), mchId);
  const { certBag = '', pkcs8ShroudedKeyBag = '' } = forge.pki.oids;
  const certificates = file.getBags({ bagType: certBag })[certBag] ?? [];
  const keys = file.getBags({ bagType: pkcs8ShroudedKeyBag })[pkcs8ShroudedKeyBag] ?? [];
  assert.equal(certificates[0]?.cert?.subject.getField('CN').value, mchId);
  assert.equal(certificates.length, 2);
  assert.ok(keys[0]?.key);
});

type Credentials = { ca: string; pfx: Buffer; passphrase: string };
type Cleanup = { after(work: () => void): void };

async function handshake({ ca, server }: Certificates, context: Cleanup, credentials: Credentials) {
  const key = { cert: server.certPem, key: server.keyPem, ca: ca.certPem };
  const listener = createServer({ ...key, requestCert: true, rejectUnauthorized: false }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const arrival = once(listener, 'secureConnection');
  const { port } = listener.address() as AddressInfo;
  const client = connect({ host: '127.0.0.1', port, ...credentials });
  context.after(() => {
    client.destroy();
    listener.close();
  });
  await once(client, 'secureConnect');
  assert.equal(client.authorized, true);
  const [socket] = (await arrival) as [TLSSocket];
  return { authorized: socket.authorized, commonName: socket.getPeerCertificate().subject.CN };
}
