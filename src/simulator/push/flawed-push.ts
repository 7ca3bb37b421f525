import type { Account } from '../account.ts';
import type { SimulatorClock } from '../clock.ts';
import type { Random } from '../random.ts';
import { encryptPadded, sortedSha1 } from '../wire/envelope.ts';
import { writeXml } from '../wire/xml.ts';
import type { Push } from './push.ts';
import { sealPush, type PushContents, type PushEnvelope } from './push-envelope.ts';
import type { Delivery } from './push-line.ts';

export const flaws = [
  'wrong-signature',
  'no-signature',
  'stale-timestamp',
  'plain-instead-of-safe',
  'foreign-app-id',
  'broken-padding',
  'document-type',
  'too-large',
  'other-account',
  'other-body-under-an-old-query',
] as const;

export type Flaw = (typeof flaws)[number];
type Parts = { account: Account; clock: SimulatorClock; random: Random; push: Push };

const hourSeconds = 3600;

/** Pushes that look like WeChat's but must be refused: one flaw each, everything else right. */
export class FlawedPush {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Delivers one flawed text message and returns what came back, unjudged. Leaves no trace in the chat. */
  async send(openid: string, text: string, flaw: Flaw): Promise<Delivery> {
    const { push } = this.#parts;
    const right = this.#contents(openid, text);
    if (flaw === 'other-body-under-an-old-query') {
      const old = sealPush(right);
      await push.post(old);
      return push.post({ query: old.query, body: sealPush(this.#contents(openid, `${text}!`)).body });
    }
    return push.post(this.#spoil(right, flaw));
  }

  #spoil(right: PushContents, flaw: Exclude<Flaw, 'other-body-under-an-old-query'>): PushEnvelope {
    const { account, pairs, timestamp } = right;
    const sealed = sealPush(right);
    switch (flaw) {
      case 'wrong-signature':
        return sealPush({ ...right, account: { ...account, token: `${account.token}x` } });
      case 'no-signature':
        return { ...sealed, query: `openid=${right.openid}` };
      case 'stale-timestamp':
        return sealPush({ ...right, timestamp: String(Number(timestamp) - hourSeconds) });
      case 'plain-instead-of-safe':
        return sealPush({ ...right, mode: 'plain' });
      case 'foreign-app-id':
        return sealPush({ ...right, mode: 'safe', account: { ...account, appId: `wx${'0'.repeat(16)}` } });
      case 'broken-padding':
        return this.#brokenPadding(right);
      case 'document-type':
        return { ...sealed, body: `<!DOCTYPE xml [<!ENTITY a "a">]>${sealed.body}` };
      case 'too-large':
        return sealPush({ ...right, pairs: [...pairs, ['Filler', 'x'.repeat(2_000_000)]] });
      case 'other-account':
        return sealPush({ ...right, pairs: [['ToUserName', `gh_${'0'.repeat(12)}`], ...pairs.slice(1)] });
    }
  }

  /** Rightly signed whole blocks whose last byte is no length of a padding. */
  #brokenPadding({ account, openid, timestamp, nonce }: PushContents): PushEnvelope {
    const encrypted = encryptPadded(Buffer.alloc(96, 0x61), account.encodingAesKey);
    const signature = sortedSha1(account.token, timestamp, nonce);
    const messageSignature = sortedSha1(account.token, timestamp, nonce, encrypted);
    const query = `signature=${signature}&timestamp=${timestamp}&nonce=${nonce}&openid=${openid}`;
    const body = writeXml([
      ['ToUserName', account.originalId],
      ['Encrypt', encrypted],
    ]);
    return { query: `${query}&encrypt_type=aes&msg_signature=${messageSignature}`, body, plainXml: body };
  }

  #contents(openid: string, text: string): PushContents {
    const { account, random, push } = this.#parts;
    const { pairs } = push.prepare(openid, { MsgType: 'text', Content: text });
    const timestamp = String(Math.floor(this.#parts.clock.nowMs() / 1000));
    const luck = Buffer.from(random.hex(16), 'ascii');
    return { account, mode: push.options.mode, openid, pairs, timestamp, nonce: random.digits(10), luck };
  }
}
