import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import forge from 'node-forge';
import { WrongRequest } from '../base/errors.ts';

// A real one has 2-4 KB; forge reads whatever it is given, byte by byte.
const BYTES_MAX = 65_536;

/** What forge hands out: `key` and `cert` only when it knows the algorithm, else the bare structure. */
interface Bag {
  readonly key?: forge.pki.rsa.PrivateKey | null | undefined;
  readonly cert?: forge.pki.Certificate | null | undefined;
  readonly asn1?: forge.asn1.Asn1 | undefined;
}

/**
 * Opens a PKCS#12 file (RFC 7292) and returns its certificates and its private key. OpenSSL is asked first, because
 * it knows every modern cipher and tells a wrong password apart; Node gives no way to take key and certificate out
 * again, so node-forge does that, and it also knows the RC2 kind that OpenSSL 3 calls unsupported
 * (https://github.com/nodejs/node/issues/40672). Throws WrongRequest `certificate-not-p12` or `certificate-password`.
 */
export function openPkcs12(p12: Buffer, password: string): { certificates: X509Certificate[]; key: KeyObject } {
  if (p12.length === 0 || p12.length > BYTES_MAX) throw notPkcs12(`it has ${p12.length} bytes`);
  const native = askOpenSsl(p12, password);
  if (native === 'wrong-password') throw wrongPassword();
  const structure = readStructure(p12);
  try {
    const file = forge.pkcs12.pkcs12FromAsn1(structure, false, password);
    const bags = (type: string): readonly Bag[] => file.getBags({ bagType: type })[type] ?? [];
    const keys = [...bags(oid('pkcs8ShroudedKeyBag')), ...bags(oid('keyBag'))];
    const certificates = bags(oid('certBag')).map((bag) => new X509Certificate(certificateDer(bag)));
    if (keys[0] === undefined || certificates.length === 0) throw notPkcs12('a key or a certificate is missing in it');
    return { certificates, key: createPrivateKey({ key: keyDer(keys[0]), format: 'der', type: 'pkcs8' }) };
  } catch (cause) {
    if (cause instanceof WrongRequest) throw cause;
    if (cause instanceof Error && /MAC could not be verified|wrong password/i.test(cause.message))
      throw wrongPassword(cause);
    throw notPkcs12(
      native === 'opened'
        ? 'its ciphers are too new to be converted here: give the PEM pair instead'
        : 'it cannot be read',
      cause,
    );
  }
}

function askOpenSsl(p12: Buffer, password: string): 'opened' | 'wrong-password' | 'not-known' {
  try {
    createSecureContext({ pfx: p12, passphrase: password });
    return 'opened';
  } catch (error) {
    return error instanceof Error && /mac verify failure/i.test(error.message) ? 'wrong-password' : 'not-known';
  }
}

function readStructure(p12: Buffer): forge.asn1.Asn1 {
  try {
    return forge.asn1.fromDer(p12.toString('binary'), true);
  } catch (cause) {
    throw notPkcs12('it is not the binary file that was downloaded', cause);
  }
}

function oid(name: string): string {
  return forge.pki.oids[name] ?? '';
}

function keyDer({ key, asn1 }: Bag): Buffer {
  const structure = key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(key)) : asn1;
  if (structure === undefined) throw notPkcs12('its key cannot be read');
  return Buffer.from(forge.asn1.toDer(structure).getBytes(), 'binary');
}

function certificateDer({ cert, asn1 }: Bag): Buffer {
  const structure = cert ? forge.pki.certificateToAsn1(cert) : asn1;
  if (structure === undefined) throw notPkcs12('a certificate in it cannot be read');
  return Buffer.from(forge.asn1.toDer(structure).getBytes(), 'binary');
}

function wrongPassword(cause?: unknown): WrongRequest {
  return new WrongRequest(
    'certificate-password',
    'the password does not open the .p12: it is the merchant number the file was downloaded for',
    { cause },
  );
}

function notPkcs12(why: string, cause?: unknown): WrongRequest {
  return new WrongRequest('certificate-not-p12', `not a merchant certificate file (.p12): ${why}`, { cause });
}
