import { Secret, TOTP } from 'otpauth';
import type { OneTimeCodes } from '../../flows/ports/operator-access.ts';

const STEP_MS = 30_000;
/** 160 bits, as RFC 4226 recommends (section 4). */
const SECRET_BYTES = 20;

/** Codes of six digits every 30 s (https://www.rfc-editor.org/rfc/rfc6238), as every authenticator knows them. */
export function createOneTimeCodes(): OneTimeCodes {
  const totp = (name: string, secret: string): TOTP =>
    new TOTP({ issuer: 'Hongbao', label: name, secret: Secret.fromBase32(secret) });
  return {
    newSecret: () => new Secret({ size: SECRET_BYTES }).base32,
    stepOf: ({ code, secret, nowMs }) => {
      if (!/^\d{6}$/.test(code)) return null;
      const delta = totp('', secret).validate({ token: code, timestamp: nowMs, window: 1 });
      return delta === null ? null : Math.floor(nowMs / STEP_MS) + delta;
    },
    uriOf: (name, secret) => totp(name, secret).toString(),
  };
}
