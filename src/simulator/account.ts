import type { Random } from './random.ts';

export type MessageMode = 'plain' | 'compatible' | 'safe';

/** The pretend Official Account as its owner sees it in the console. */
export type Account = {
  appId: string;
  appSecret: string;
  originalId: string;
  token: string;
  encodingAesKey: string;
};

/** A merchant number with its version 2 key; the certificate is made beside it. */
export type MerchantKeys = { mchId: string; apiKey: string };

/** Shapes as in the published samples: wx + 16 hex, gh_ + 12 hex, a 43-character key. */
export function makeAccount(random: Random, appId = `wx${random.hex(16)}`): Account {
  return {
    appId,
    appSecret: random.hex(32),
    originalId: `gh_${random.hex(12)}`,
    token: random.text(16),
    encodingAesKey: random.text(43),
  };
}

export function makeMerchantKeys(random: Random): MerchantKeys {
  return { mchId: `1900${random.digits(6)}`, apiKey: random.text(32) };
}
