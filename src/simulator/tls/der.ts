/** The few forms of ASN.1 DER (ITU-T X.690) that a certificate and a PKCS#12 file are made of. */

export function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.from([tag]), lengthBytes(body.length), body]);
}

function lengthBytes(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const hex = length.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

export function sequence(...contents: readonly Buffer[]): Buffer {
  return der(0x30, ...contents);
}

export function setOf(...contents: readonly Buffer[]): Buffer {
  return der(0x31, ...contents);
}

/** A non-negative whole number; a leading zero byte keeps the sign bit clear. */
export function integer(value: number | Buffer): Buffer {
  const hex = typeof value === 'number' ? value.toString(16) : value.toString('hex');
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return der(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}

export function boolean(value: boolean): Buffer {
  return der(0x01, Buffer.from([value ? 0xff : 0]));
}

export function nothing(): Buffer {
  return der(0x05);
}

export function octets(value: Buffer): Buffer {
  return der(0x04, value);
}

/** A bit string whose last byte has the given number of unused bits. */
export function bits(value: Buffer, unused = 0): Buffer {
  return der(0x03, Buffer.from([unused]), value);
}

export function utf8(value: string): Buffer {
  return der(0x0c, Buffer.from(value, 'utf8'));
}

/** Context-specific tag, constructed (explicit tagging). */
export function tagged(number: number, ...contents: readonly Buffer[]): Buffer {
  return der(0xa0 + number, ...contents);
}

/** Context-specific tag, primitive (implicit tagging). */
export function taggedPlain(number: number, content: Buffer): Buffer {
  return der(0x80 + number, content);
}

/** UTCTime: two-digit years, which X.509 demands up to 2049. */
export function utcTime(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`, 'ascii'));
}

export function objectId(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) {
    digits.unshift(0x80 | (left & 0x7f));
  }
  return digits;
}

/** PEM text of a DER structure. */
export function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
