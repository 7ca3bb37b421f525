import { randomBytes } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { Agent } from 'undici';
import { WrongRequest } from '../../base/errors.ts';
import { cdata } from '../../base/xml.ts';
import type { Merchant } from '../../flows/ports/accounts.ts';
import type { ForwardedPayment, OrderAnswer, OrderQuery } from '../../flows/ports/payments.ts';
import { postXml } from '../post-xml.ts';
import { signFields } from '../sign.ts';
import { readPaidOrder } from './paid-order.ts';
import { orderTexts, readPayXml, signatureFits } from './xml-notice.ts';

export interface OrderQueryOptions {
  /** `https://api.mch.weixin.qq.com` in production. */
  readonly baseUrl: string;
  /** A further root certificate, PEM, for a test host. */
  readonly extraCaPem?: string | null;
  readonly deadlineMs?: number;
}

const QUERY_PATH = '/pay/orderquery';
const DEADLINE_MS = 10_000;
const CONNECTIONS = 4;

/**
 * Asks by version 2's order query, which every merchant with a key can call without its certificate
 * (https://pay.weixin.qq.com/doc/v2/merchant/4011941128). An answer counts only with a right signature, and as paid
 * only with every fact of the payment. `close` ends its connections. Throws RangeError unless the address is https.
 */
export function createOrderQuery(options: OrderQueryOptions): OrderQuery & { close(): Promise<void> } {
  const { baseUrl, extraCaPem = null, deadlineMs = DEADLINE_MS } = options;
  const url = new URL(QUERY_PATH, baseUrl);
  if (url.protocol !== 'https:') throw new RangeError('WeChat Pay is reached over https only');
  const agent = new Agent({
    connections: CONNECTIONS,
    pipelining: 1,
    connect: {
      timeout: deadlineMs,
      rejectUnauthorized: true,
      ...(extraCaPem === null ? {} : { ca: [...rootCertificates, extraCaPem] }),
    },
  });
  const closing = new AbortController();
  return {
    async find(merchant, wanted, signal) {
      const xml = queryXml(merchant, wanted);
      const ends = signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]);
      const posted = await postXml({ agent, url, xml, deadlineMs, signal: ends });
      if (posted.kind === 'broken') return unknown(posted.code, posted.message);
      if (posted.status !== 200) return unknown(`http-${posted.status}`, 'the other side answered with an error page');
      return readAnswer(posted.body, merchant, wanted);
    },
    async close() {
      closing.abort();
      await agent.destroy();
    },
  };
}

function queryXml(merchant: Merchant, { transactionId, appId }: ForwardedPayment): string {
  const fields: Record<string, string> = {
    appid: appId,
    mch_id: merchant.mchId,
    ...(merchant.subMchId === null ? {} : { sub_mch_id: merchant.subMchId }),
    transaction_id: transactionId,
    nonce_str: randomBytes(16).toString('hex'),
  };
  const signed = { ...fields, sign: signFields(fields, merchant.apiKey) };
  const elements = Object.entries(signed).map(([name, value]) => `<${name}>${cdata(value)}</${name}>`);
  return `<xml>${elements.join('')}</xml>`;
}

function readAnswer(body: string, merchant: Merchant, wanted: ForwardedPayment): OrderAnswer {
  try {
    const fields = readPayXml(body);
    if (fields['return_code'] !== 'SUCCESS') return unknown('return-code', fields['return_msg'] ?? '');
    if (!signatureFits(fields, merchant.apiKey)) return unknown('sign-invalid', 'the answer is not signed by our key');
    if (fields['result_code'] !== 'SUCCESS') {
      const code = fields['err_code'] ?? '';
      return code === 'ORDERNOTEXIST' ? { kind: 'not-found' } : unknown(code, fields['err_code_des'] ?? '');
    }
    const state = fields['trade_state'] ?? '';
    if (state === '') return unknown('no-state', 'the answer has no trade_state');
    if (state !== 'SUCCESS') return { kind: 'not-paid', state: state.slice(0, 32) };
    const order = readPaidOrder(orderTexts(fields), merchant);
    if (order.transactionId === wanted.transactionId && order.appId === wanted.appId) return { kind: 'paid', order };
    return unknown('other-order', 'the answer is about another order');
  } catch (error) {
    if (error instanceof WrongRequest) return unknown(error.code, error.message);
    throw error;
  }
}

function unknown(code: string, message: string): OrderAnswer {
  return { kind: 'unknown', code: code.slice(0, 64), message: message.slice(0, 200) };
}
