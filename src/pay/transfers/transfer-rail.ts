import { randomBytes } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { Agent } from 'undici';
import type { Merchant } from '../../flows/ports/accounts.ts';
import type { NoticeKeys, NoticeKeyStore } from '../../flows/ports/payments.ts';
import type { PayRail, QueryOutcome, QueriedPayout, SendOutcome } from '../../flows/ports/payouts.ts';
import type { TransferRequest } from '../../flows/ports/transfers.ts';
import { callHost } from '../call-host.ts';
import type { PostOutcome } from '../call-host.ts';
import { sealName } from '../v3/sealed.ts';
import { authorization, signatureFault } from '../v3/signature.ts';
import { readCancelAnswer, readTransferAnswer, readTransferQuery } from './transfer-answer.ts';
import type { JudgedAnswer } from './transfer-answer.ts';
import { transferFaults, transferJson, TRANSFERS_PATH } from './transfer-request.ts';
import type { SealedName } from './transfer-request.ts';

export interface TransferRailOptions {
  /** `https://api.mch.weixin.qq.com` in production. */
  readonly baseUrl: string;
  /** By what WeChat Pay's answers are believed. */
  readonly keys: Pick<NoticeKeyStore, 'keys'>;
  /** The clock that signatures carry, within 5 minutes of the world's. */
  readonly nowMs: () => number;
  /** A further root certificate, PEM, for a test host. */
  readonly extraCaPem?: string | null;
  readonly deadlineMs?: number;
  readonly connections?: number;
}

type Broken = Extract<PostOutcome, { kind: 'broken' }>;
type Verifiers = Readonly<Record<string, string>>;

// As a red packet's call: within the worker's lease of 25 s.
const DEADLINE_MS = 20_000;
const CONNECTIONS = 50;
const KEEP_ALIVE_MS = 20_000;

/**
 * Transfers that people collect, version 3 (https://pay.weixin.qq.com/doc/v3/merchant/4012716434): signed requests,
 * answers believed by their signature only, no client certificate. Whatever the network does is `unknown`.
 * Throws RangeError for an address that is not https.
 */
export class TransferRail implements Required<PayRail> {
  readonly #options: TransferRailOptions;
  readonly #agent: Agent;
  readonly #closing = new AbortController();

  constructor(options: TransferRailOptions) {
    if (new URL(options.baseUrl).protocol !== 'https:') throw new RangeError('WeChat Pay is reached over https only');
    const { extraCaPem = null, deadlineMs = DEADLINE_MS, connections = CONNECTIONS } = options;
    this.#options = options;
    this.#agent = new Agent({
      connections,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: deadlineMs,
        rejectUnauthorized: true,
        ...(extraCaPem === null ? {} : { ca: [...rootCertificates, extraCaPem] }),
      },
    });
  }

  async send(...[merchant, request, signal]: Parameters<PayRail['send']>): Promise<SendOutcome & { raw: string }> {
    if (request.rail !== 'transfer') return refused('REQUEST_INVALID', 'a red packet is no transfer');
    if (request.mchId !== merchant.mchId)
      return refused('REQUEST_INVALID', `the transfer was frozen for merchant ${request.mchId}`);
    const faults = transferFaults(request);
    if (faults.length > 0) {
      const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
      return refused('REQUEST_INVALID', `the transfer cannot be made: ${list}`);
    }
    const keys = await this.#keysOf(merchant);
    if (keys === null) return { ...KEYS_AWAY, raw: '' };
    const [verifierId] = Object.keys(keys.verifiers);
    if (verifierId === undefined)
      return refused('RAIL_NOT_SET_UP', 'set WeChat Pay’s public key (or platform certificate) of this merchant');
    const name = sealedName(request, keys.verifiers, verifierId);
    const call = {
      method: 'POST',
      pathAndQuery: TRANSFERS_PATH,
      body: transferJson(request, name),
      verifierId,
    } as const;
    const answer = await this.#call(merchant, call, keys.verifiers, signal);
    if ('kind' in answer) return { kind: 'unknown', code: answer.code, message: answer.message, raw: answer.body };
    return { ...readTransferAnswer(answer, request), raw: answer.body };
  }

  async query(...[merchant, payout, signal]: Parameters<PayRail['query']>): Promise<QueryOutcome & { raw: string }> {
    const keys = await this.#keysOf(merchant);
    if (keys === null) return { ...KEYS_AWAY, raw: '' };
    const call = { method: 'GET', pathAndQuery: pathOf(payout), body: '', verifierId: null } as const;
    const answer = await this.#call(merchant, call, keys.verifiers, signal);
    if ('kind' in answer) return { kind: 'unknown', code: answer.code, message: answer.message, raw: answer.body };
    return { ...readTransferQuery(answer, { ...payout, mchId: merchant.mchId }), raw: answer.body };
  }

  async cancel(merchant: Merchant, payout: QueriedPayout, signal?: AbortSignal): Promise<{ said: string }> {
    const keys = await this.#keysOf(merchant);
    if (keys === null) return { said: KEYS_AWAY.code };
    const call = { method: 'POST', pathAndQuery: `${pathOf(payout)}/cancel`, body: '{}', verifierId: null } as const;
    const answer = await this.#call(merchant, call, keys.verifiers, signal);
    return { said: 'kind' in answer ? answer.code : readCancelAnswer(answer) };
  }

  /** Gives up the calls under way, which end as `unknown`, and every connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#agent.destroy();
  }

  /** Null while the keys cannot be read: then nothing is sent. */
  async #keysOf(merchant: Merchant): Promise<NoticeKeys | null> {
    try {
      return await this.#options.keys.keys(merchant.id);
    } catch {
      return null;
    }
  }

  async #call(
    merchant: Merchant,
    call: {
      readonly method: 'GET' | 'POST';
      readonly pathAndQuery: string;
      readonly body: string;
      readonly verifierId: string | null;
    },
    verifiers: Verifiers,
    signal: AbortSignal | undefined,
  ): Promise<JudgedAnswer | Broken> {
    const { baseUrl, nowMs, deadlineMs = DEADLINE_MS } = this.#options;
    const { method, pathAndQuery, body, verifierId } = call;
    let signed: string;
    try {
      const nonce = randomBytes(16).toString('hex');
      signed = authorization({ method, pathAndQuery, body, nowMs: nowMs(), nonce }, merchant);
    } catch {
      return UNUSABLE;
    }
    const closing = this.#closing.signal;
    const answered = await callHost({
      agent: this.#agent,
      url: new URL(pathAndQuery, baseUrl),
      method,
      headers: {
        authorization: signed,
        accept: 'application/json',
        'user-agent': 'hongbao',
        ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
        ...(verifierId === null ? {} : { 'wechatpay-serial': verifierId }),
      },
      body,
      deadlineMs,
      signal: signal === undefined ? closing : AbortSignal.any([closing, signal]),
    });
    if (answered.kind === 'broken') return answered;
    const { status, headers, body: text } = answered;
    const fault = signatureFault({ headers, body: Buffer.from(text), verifiers, nowMs: nowMs() });
    return { status, body: text, signed: fault === null };
  }
}

const KEYS_AWAY = { kind: 'unknown', code: 'not-connected', message: 'the keys of answers could not be read' } as const;
const UNUSABLE: Broken = {
  kind: 'broken',
  code: 'certificate-unusable',
  message: 'the merchant certificate or its key cannot be used to sign',
  body: '',
  connectFailed: false,
};

function pathOf({ orderNumber }: QueriedPayout): string {
  return `${TRANSFERS_PATH}/out-bill-no/${encodeURIComponent(orderNumber)}`;
}

function sealedName({ userName }: TransferRequest, verifiers: Verifiers, verifierId: string): SealedName | null {
  if (userName === null) return null;
  return { sealed: sealName(userName, verifiers[verifierId] ?? ''), verifierId };
}

function refused(code: 'REQUEST_INVALID' | 'RAIL_NOT_SET_UP', message: string): SendOutcome & { readonly raw: string } {
  return { kind: 'refused', code, message, raw: '' };
}
