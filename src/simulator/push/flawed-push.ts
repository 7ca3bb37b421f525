import type { Account } from '../account.ts';
import type { SimulatorClock } from '../clock.ts';
import type { Random } from '../random.ts';
import { brokenSeals, sealBroken, type BrokenSeal } from './broken-seals.ts';
import { sealPush, type PushContents, type PushEnvelope } from './push-envelope.ts';
import type { Push } from './push.ts';
import type { Delivery } from './push-line.ts';

export const flaws = [
  'wrong-signature',
  'no-signature',
  'doubled-signature',
  'stale-timestamp',
  'future-timestamp',
  'moved-digit',
  'plain-instead-of-safe',
  'raw-in-the-query',
  'plain-under-an-encrypted-query',
  'foreign-app-id',
  'document-type',
  'entity',
  'empty-body',
  'too-large',
  'other-account',
  'foreign-openid',
  'other-body-under-an-old-query',
  ...brokenSeals,
] as const;

export type Flaw = (typeof flaws)[number];
type OneDelivery = Exclude<Flaw, 'other-body-under-an-old-query'>;
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
    return push.post(spoil(right, flaw));
  }

  #contents(openid: string, text: string): PushContents {
    const { account, random, push } = this.#parts;
    const { pairs } = push.prepare(openid, { MsgType: 'text', Content: text });
    const timestamp = String(Math.floor(this.#parts.clock.nowMs() / 1000));
    const luck = Buffer.from(random.hex(16), 'ascii');
    return { account, mode: push.options.mode, openid, pairs, timestamp, nonce: random.digits(10), luck };
  }
}

function spoil(right: PushContents, flaw: OneDelivery): PushEnvelope {
  const { account, pairs, timestamp } = right;
  switch (flaw) {
    case 'stale-timestamp':
      return sealPush({ ...right, timestamp: String(Number(timestamp) - hourSeconds) });
    case 'future-timestamp':
      return sealPush({ ...right, timestamp: String(Number(timestamp) + hourSeconds) });
    case 'wrong-signature':
      return sealPush({ ...right, account: { ...account, token: `${account.token}x` } });
    case 'plain-instead-of-safe':
      return sealPush({ ...right, mode: 'plain' });
    case 'foreign-app-id':
      return sealPush({ ...right, mode: 'safe', account: { ...account, appId: `wx${'0'.repeat(16)}` } });
    case 'too-large':
      return sealPush({ ...right, pairs: [...pairs, ['Filler', 'x'.repeat(2_000_000)]] });
    case 'other-account':
      return sealPush({ ...right, pairs: [['ToUserName', `gh_${'0'.repeat(12)}`], ...pairs.slice(1)] });
    case 'foreign-openid':
      return sealPush({ ...right, openid: `o${'0'.repeat(27)}` });
    default:
      return isBrokenSeal(flaw) ? sealBroken(right, flaw) : spoilOutside(right, flaw);
  }
}

type OutsideFlaw =
  | 'no-signature'
  | 'doubled-signature'
  | 'moved-digit'
  | 'raw-in-the-query'
  | 'plain-under-an-encrypted-query'
  | 'document-type'
  | 'entity'
  | 'empty-body';

/** Flaws of the query or around the body, beside a right envelope. */
function spoilOutside(right: PushContents, flaw: OutsideFlaw): PushEnvelope {
  const sealed = sealPush(right);
  const plain = sealPush({ ...right, mode: 'plain' });
  switch (flaw) {
    case 'no-signature':
      return { ...sealed, query: `openid=${right.openid}` };
    case 'doubled-signature':
      return { ...sealed, query: `signature=x&msg_signature=x&${sealed.query}` };
    case 'moved-digit':
      // Signed is one run of digits without a border, so this one reads as another time under the same signature.
      return { ...sealed, query: sealed.query.replace(/timestamp=(\d+)&nonce=(\d)/, 'timestamp=$1$2&nonce=') };
    case 'raw-in-the-query':
      return { ...plain, query: `${plain.query}&encrypt_type=raw` };
    case 'plain-under-an-encrypted-query':
      return { ...plain, query: sealPush({ ...right, mode: 'safe' }).query };
    case 'document-type':
      return { ...sealed, body: `<!DOCTYPE xml [<!ENTITY a "a">]>${sealed.body}` };
    case 'entity':
      return { ...sealed, body: sealed.body.replace('<xml>', '<xml><!ENTITY a SYSTEM "file:///etc/passwd">&a;') };
    case 'empty-body':
      return { ...sealed, body: '' };
  }
}

function isBrokenSeal(flaw: BrokenSeal | OutsideFlaw): flaw is BrokenSeal {
  return (brokenSeals as readonly string[]).includes(flaw);
}
