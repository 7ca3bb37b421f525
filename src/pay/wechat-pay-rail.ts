import { randomBytes } from 'node:crypto';
import { WrongRequest } from '../base/errors.ts';
import type { Merchant } from '../flows/ports/accounts.ts';
import type { CouponRequest, PayRail, QueryOutcome, SendOutcome } from '../flows/ports/payouts.ts';
import type { PostOutcome } from './call-host.ts';
import { couponFaults, couponXml, readCouponAnswer } from './coupons/coupon.ts';
import { MerchantAgents } from './merchant-agents.ts';
import { postXml } from './post-xml.ts';
import { readQueryAnswer, readSendAnswer } from './red-packet-answer.ts';
import { queryRedPacketXml, sendRedPacketXml } from './red-packet-request.ts';

export interface WechatPayRailOptions {
  /** `https://api.mch.weixin.qq.com` in production. */
  readonly baseUrl: string;
  /** `https://api2.mch.weixin.qq.com`, the other site; null, as by default, never turns to it. */
  readonly backupUrl?: string | null;
  /** A further root certificate, PEM, for a test host; null trusts the system's roots only. */
  readonly extraCaPem?: string | null;
  /** The longest a call may take over connecting, headers and body together. */
  readonly deadlineMs?: number;
  /** Connections kept per merchant and host: no more calls than these are on the wire at once. */
  readonly connectionsPerMerchant?: number;
}

type Unclear = { readonly kind: 'unknown'; readonly code: string; readonly message: string };

const SEND_PATHS = {
  'red-packet': '/mmpaymkttransfers/sendredpack',
  'group-packet': '/mmpaymkttransfers/sendgroupredpack',
  'mini-packet': '/mmpaymkttransfers/sendminiprogramhb',
} as const;
const COUPON_PATH = '/mmpaymkttransfers/send_coupon';
const QUERY_PATH = '/mmpaymkttransfers/gethbinfo';
// The slowest accepted sends on record took several seconds, and a call given up at 3 s was paid all the same
// (https://github.com/w7corp/easywechat/issues/1016); a worker's lease is 25 s.
const DEADLINE_MS = 20_000;
// 6 s of 20, where there is a second host: both may take so long to connect and leave 8 s for the answer.
const CONNECT_SHARE = 0.3;

/**
 * WeChat Pay red packets and coupons over mutual TLS (https://pay.weixin.qq.com/doc/v2/merchant/4011974053): one agent per
 * merchant, one absolute deadline per call, no retry. Whatever the network does is `unknown`; `not-connected` tells
 * that no byte of the request left, and only then the call may go on to the backup host, once and within its deadline.
 * The answers carry no signature, so the server's certificate is always checked. Throws RangeError for an address that
 * is not https.
 */
export class WechatPayRail implements PayRail {
  readonly #baseUrl: URL;
  readonly #backupUrl: URL | null;
  readonly #deadlineMs: number;
  readonly #agents: MerchantAgents;
  readonly #closing = new AbortController();

  constructor(options: WechatPayRailOptions) {
    this.#baseUrl = httpsUrl(options.baseUrl);
    this.#backupUrl = options.backupUrl ? httpsUrl(options.backupUrl) : null;
    this.#deadlineMs = options.deadlineMs ?? DEADLINE_MS;
    this.#agents = new MerchantAgents({
      extraCaPem: options.extraCaPem ?? null,
      connectTimeoutMs: Math.ceil(this.#deadlineMs * (this.#backupUrl === null ? 1 : CONNECT_SHARE)),
      connections: options.connectionsPerMerchant ?? 8,
    });
  }

  async send(...[merchant, request, signal]: Parameters<PayRail['send']>): Promise<SendOutcome & { raw: string }> {
    if (request.rail === 'coupon') return this.#sendCoupon(merchant, request, signal);
    if (request.rail === 'transfer') return { ...notSendable('a transfer is no red packet'), raw: '' };
    if (request.mchId !== merchant.mchId)
      return { ...notSendable(`the packet was frozen for merchant ${request.mchId}`), raw: '' };
    let body: string;
    try {
      body = sendRedPacketXml(request, { apiKey: merchant.apiKey, nonce: nonce() });
    } catch (error) {
      if (error instanceof WrongRequest) return { ...notSendable(error.message), raw: '' };
      throw error;
    }
    const posted = await this.#post(merchant, SEND_PATHS[request.rail ?? 'red-packet'], body, signal);
    return { ...judge(posted, (text) => readSendAnswer(text, request)), raw: posted.body };
  }

  async query(...[merchant, packet, signal]: Parameters<PayRail['query']>): Promise<QueryOutcome & { raw: string }> {
    if (packet.rail === 'coupon') return { ...unclear('not-asked', 'nothing can be asked about a coupon'), raw: '' };
    const query = { ...packet, mchId: merchant.mchId };
    let body: string;
    try {
      body = queryRedPacketXml(query, { apiKey: merchant.apiKey, nonce: nonce() });
    } catch (error) {
      if (error instanceof WrongRequest) return { ...unclear('query-invalid', error.message), raw: '' };
      throw error;
    }
    const posted = await this.#post(merchant, QUERY_PATH, body, signal);
    return { ...judge(posted, (text) => readQueryAnswer(text, query)), raw: posted.body };
  }

  async #sendCoupon(
    merchant: Merchant,
    request: CouponRequest,
    signal: AbortSignal | undefined,
  ): Promise<SendOutcome & { raw: string }> {
    const [fault] = couponFaults(request);
    if (fault !== undefined) return { ...notSendable(`the coupon cannot be sent: ${fault}`), raw: '' };
    if (request.mchId !== merchant.mchId)
      return { ...notSendable(`the coupon was frozen for merchant ${request.mchId}`), raw: '' };
    const body = couponXml(request, { apiKey: merchant.apiKey, nonce: nonce() });
    const posted = await this.#post(merchant, COUPON_PATH, body, signal);
    return { ...judge(posted, (text) => readCouponAnswer(text, request, merchant.apiKey)), raw: posted.body };
  }

  /** Gives up the calls under way, which end as `unknown`, and every connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#agents.close();
  }

  async #post(merchant: Merchant, path: string, xml: string, signal: AbortSignal | undefined): Promise<PostOutcome> {
    const agent = this.#agents.of(merchant);
    if (agent === null) return UNUSABLE;
    const closing = this.#closing.signal;
    const call = { agent, xml, signal: signal === undefined ? closing : AbortSignal.any([closing, signal]) };
    const endsAtMs = performance.now() + this.#deadlineMs;
    const first = await postXml({ ...call, url: new URL(path, this.#baseUrl), deadlineMs: this.#deadlineMs });
    if (this.#backupUrl === null || first.kind !== 'broken' || !first.connectFailed) return first;
    const leftMs = Math.floor(endsAtMs - performance.now());
    if (leftMs < 1 || call.signal.aborted) return first;
    // Safe even where the first host showed a wrong certificate: it got no byte of the request, the second is checked
    // just as strictly, and both know one and the same order number.
    const second = await postXml({ ...call, url: new URL(path, this.#backupUrl), deadlineMs: leftMs });
    return second.kind === 'broken' ? { ...second, message: `${first.message}; backup: ${second.message}` } : second;
  }
}

const UNUSABLE: PostOutcome = {
  kind: 'broken',
  code: 'certificate-unusable',
  message: 'the merchant certificate cannot be used',
  body: '',
  connectFailed: false,
};

function httpsUrl(address: string): URL {
  const url = new URL(address);
  if (url.protocol !== 'https:') throw new RangeError('WeChat Pay is reached over https only');
  return url;
}

function judge<T>(posted: PostOutcome, read: (text: string) => T): T | Unclear {
  if (posted.kind === 'broken') return unclear(posted.code, posted.message);
  if (posted.status !== 200) return unclear(`http-${posted.status}`, 'the other side answered with an error page');
  return read(posted.body);
}

function notSendable(message: string): SendOutcome {
  return { kind: 'refused', code: 'REQUEST_INVALID', message };
}

function unclear(code: string, message: string): Unclear {
  return { kind: 'unknown', code, message };
}

function nonce(): string {
  return randomBytes(16).toString('hex');
}
