import { createHash, generateKeyPair, randomBytes, sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { bits, boolean, der, integer, nothing, objectId, octets } from './der.ts';
import { pem, sequence, setOf, tagged, taggedPlain, utcTime, utf8 } from './der.ts';
import { makePkcs12 } from './pkcs12.ts';

/** A certificate with its private key, both PEM. */
export type Identity = { certPem: string; keyPem: string };

/** Everything needed for mutual TLS on loopback. `p12` opens with the merchant number as its password. */
export type Certificates = { ca: Identity; server: Identity; merchant: Identity & { p12: Buffer } };

type Keys = { publicKey: KeyObject; privateKey: KeyObject };
type Kind = 'authority' | 'server' | 'client';
type Subject = { commonName: string; kind: Kind; keys: Keys; organization?: string };

const dayMs = 86_400_000;
const oid = {
  sha256WithRsa: '1.2.840.113549.1.1.11',
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

/**
 * Makes a root, a server certificate for 127.0.0.1 and localhost, and a merchant certificate whose common name is the
 * merchant number, as WeChat Pay's are. RSA 2048, valid for ten years of real (not simulated) time.
 */
export async function makeCertificates(mchId: string): Promise<Certificates> {
  const [caKeys, serverKeys, merchantKeys] = await Promise.all([rsaKeys(), rsaKeys(), rsaKeys()]);
  const root: Subject = { commonName: 'Simulator Root CA', kind: 'authority', keys: caKeys };
  const caCertificate = issue(root, root);
  const server = issue({ commonName: 'localhost', kind: 'server', keys: serverKeys }, root);
  const merchant = issue({ commonName: mchId, kind: 'client', keys: merchantKeys, organization: 'Merchant' }, root);
  const key = merchantKeys.privateKey.export({ type: 'pkcs8', format: 'der' });
  const p12 = makePkcs12({ key, certificate: merchant, chain: [caCertificate], password: mchId });
  return {
    ca: identity(caCertificate, caKeys),
    server: identity(server, serverKeys),
    merchant: { ...identity(merchant, merchantKeys), p12 },
  };
}

async function rsaKeys(): Promise<Keys> {
  return promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
}

function identity(certificate: Buffer, keys: Keys): Identity {
  return {
    certPem: pem('CERTIFICATE', certificate),
    keyPem: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** One X.509 version 3 certificate (RFC 5280), signed with SHA-256. */
function issue(subject: Subject, issuer: Subject): Buffer {
  const algorithm = sequence(objectId(oid.sha256WithRsa), nothing());
  const startMs = Date.now() - dayMs;
  const body = sequence(
    tagged(0, integer(2)),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    distinguishedName(issuer),
    sequence(utcTime(startMs), utcTime(startMs + 3653 * dayMs)),
    distinguishedName(subject),
    publicKeyInfo(subject.keys),
    tagged(3, sequence(...extensions(subject, issuer))),
  );
  return sequence(body, algorithm, bits(sign('sha256', body, issuer.keys.privateKey)));
}

function distinguishedName({ commonName, organization = 'Simulator' }: Subject): Buffer {
  return sequence(nameItem(oid.organization, organization), nameItem(oid.commonName, commonName));
}

function nameItem(kind: string, value: string): Buffer {
  return setOf(sequence(objectId(kind), utf8(value)));
}

function publicKeyInfo(keys: Keys): Buffer {
  return keys.publicKey.export({ type: 'spki', format: 'der' });
}

function keyId(keys: Keys): Buffer {
  return createHash('sha1')
    .update(keys.publicKey.export({ type: 'pkcs1', format: 'der' }))
    .digest();
}

function extensions(subject: Subject, issuer: Subject): Buffer[] {
  const shared = [
    extension(oid.subjectKeyId, octets(keyId(subject.keys))),
    extension(oid.authorityKeyId, sequence(taggedPlain(0, keyId(issuer.keys)))),
  ];
  if (subject.kind === 'authority') {
    const certSignAndCrlSign = bits(Buffer.from([0x06]), 1);
    const constraints = extension(oid.basicConstraints, sequence(boolean(true)), 'critical');
    return [...shared, constraints, extension(oid.keyUsage, certSignAndCrlSign, 'critical')];
  }
  const digitalSignatureAndKeyEncipherment = bits(Buffer.from([0xa0]), 5);
  const purpose = subject.kind === 'server' ? oid.serverAuth : oid.clientAuth;
  return [
    ...shared,
    extension(oid.basicConstraints, sequence(), 'critical'),
    extension(oid.keyUsage, digitalSignatureAndKeyEncipherment, 'critical'),
    extension(oid.extendedKeyUsage, sequence(objectId(purpose))),
    ...(subject.kind === 'server' ? [extension(oid.subjectAltName, loopbackNames())] : []),
  ];
}

function extension(kind: string, value: Buffer, weight: 'critical' | 'plain' = 'plain'): Buffer {
  const critical = weight === 'critical' ? [boolean(true)] : [];
  return sequence(objectId(kind), ...critical, octets(value));
}

/** GeneralNames: dNSName has tag 2, iPAddress tag 7. */
function loopbackNames(): Buffer {
  return sequence(der(0x82, Buffer.from('localhost', 'ascii')), der(0x87, Buffer.from([127, 0, 0, 1])));
}
