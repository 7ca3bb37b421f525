import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { integer, nothing, objectId, octets, sequence, setOf, tagged, taggedPlain } from './der.ts';

const oid = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  localKeyId: '1.2.840.113549.1.9.21',
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  sha256: '2.16.840.1.101.3.4.2.1',
} as const;

const iterations = 2048;

type Contents = {
  /** PKCS#8, DER. */
  key: Buffer;
  /** X.509, DER, the key's own certificate. */
  certificate: Buffer;
  /** Further certificates of the chain, DER. */
  chain: readonly Buffer[];
  password: string;
};

/**
 * A PKCS#12 file (RFC 7292) as a merchant downloads it: key and certificates under PBES2 with AES-256-CBC,
 * sealed with HMAC-SHA256. No old ciphers, so OpenSSL 3 opens it without its legacy provider.
 */
export function makePkcs12({ key, certificate, chain, password }: Contents): Buffer {
  const localKeyId = createHash('sha1').update(certificate).digest();
  const certificateBags = [certificateBag(certificate, localKeyId), ...chain.map((item) => certificateBag(item))];
  const { algorithm, ciphertext } = encrypt(sequence(...certificateBags), password);
  const certificates = sequence(
    objectId(oid.encryptedData),
    tagged(0, sequence(integer(0), sequence(objectId(oid.data), algorithm, taggedPlain(0, ciphertext)))),
  );
  const keys = dataContent(sequence(keyBag(key, localKeyId, password)));
  const safe = sequence(certificates, keys);
  return sequence(integer(3), dataContent(safe), macOf(safe, password));
}

function dataContent(content: Buffer): Buffer {
  return sequence(objectId(oid.data), tagged(0, octets(content)));
}

function certificateBag(certificate: Buffer, localKeyId?: Buffer): Buffer {
  const value = sequence(objectId(oid.x509Certificate), tagged(0, octets(certificate)));
  return bag(oid.certificateBag, value, localKeyId);
}

function keyBag(key: Buffer, localKeyId: Buffer, password: string): Buffer {
  const { algorithm, ciphertext } = encrypt(key, password);
  return bag(oid.shroudedKeyBag, sequence(algorithm, octets(ciphertext)), localKeyId);
}

function bag(kind: string, value: Buffer, localKeyId?: Buffer): Buffer {
  const attributes = localKeyId ? [setOf(sequence(objectId(oid.localKeyId), setOf(octets(localKeyId))))] : [];
  return sequence(objectId(kind), tagged(0, value), ...attributes);
}

function encrypt(plain: Buffer, password: string): { algorithm: Buffer; ciphertext: Buffer } {
  const salt = randomBytes(16);
  const start = randomBytes(16);
  const key = pbkdf2Sync(Buffer.from(password, 'utf8'), salt, iterations, 32, 'sha256');
  const cipher = createCipheriv('aes-256-cbc', key, start);
  const derivation = sequence(
    objectId(oid.pbkdf2),
    sequence(octets(salt), integer(iterations), integer(32), sequence(objectId(oid.hmacSha256), nothing())),
  );
  const scheme = sequence(objectId(oid.aes256Cbc), octets(start));
  return {
    algorithm: sequence(objectId(oid.pbes2), sequence(derivation, scheme)),
    ciphertext: Buffer.concat([cipher.update(plain), cipher.final()]),
  };
}

function macOf(content: Buffer, password: string): Buffer {
  const salt = randomBytes(16);
  const digest = createHmac('sha256', macKey(password, salt)).update(content).digest();
  const digestInfo = sequence(sequence(objectId(oid.sha256), nothing()), octets(digest));
  return sequence(digestInfo, octets(salt), integer(iterations));
}

/** RFC 7292 appendix B.2 with SHA-256 and purpose 3 (MAC): 32 bytes are one round, so the carry loop is not needed. */
function macKey(password: string, salt: Buffer): Buffer {
  const blockBytes = 64;
  const wide = Buffer.from(`${password}\0`, 'utf16le').swap16();
  const purpose = Buffer.alloc(blockBytes, 3);
  let digest = Buffer.concat([purpose, fill(salt, blockBytes), fill(wide, blockBytes)]);
  for (let round = 0; round < iterations; round += 1) digest = createHash('sha256').update(digest).digest();
  return digest;
}

function fill(source: Buffer, blockBytes: number): Buffer {
  return Buffer.alloc(Math.ceil(source.length / blockBytes) * blockBytes, source);
}
