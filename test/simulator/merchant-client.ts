import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import type { Simulator } from '../../src/simulator/simulator.ts';

export type PayReply = { status: number; text: string; fields: Map<string, string> };
export type Credentials = { pfx?: Buffer; passphrase?: string };

/** A merchant written for these tests alone: Node's https, its own signature, a reader made of one regular expression. */
export class MerchantClient {
  readonly #simulator: Simulator;
  readonly #agent: Agent;
  #count = 0;

  constructor(simulator: Simulator, credentials?: Credentials) {
    this.#simulator = simulator;
    const { p12, mchId } = simulator.merchant;
    const own = credentials ?? { pfx: p12, passphrase: mchId };
    this.#agent = new Agent({ ca: simulator.caPem, keepAlive: true, ...own });
  }

  /** A complete and correct request; fields given as undefined are left out. */
  order(given: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
    const { account, merchant, followers } = this.#simulator;
    this.#count += 1;
    const fields: Record<string, string | undefined> = {
      nonce_str: createHash('md5').update(String(this.#count)).digest('hex'),
      mch_billno: `T${String(this.#count).padStart(10, '0')}`,
      mch_id: merchant.mchId,
      wxappid: account.appId,
      send_name: '测试商户',
      re_openid: followers.list()[0]?.openid,
      total_amount: '100',
      total_num: '1',
      wishing: '恭喜发财',
      client_ip: '127.0.0.1',
      act_name: '新年活动',
      remark: '备注',
      ...given,
    };
    return Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value ? [[name, value]] : [])));
  }

  async send(fields: Readonly<Record<string, string>>): Promise<PayReply> {
    return this.post('/mmpaymkttransfers/sendredpack', this.xml(fields));
  }

  async query(number: string, given: Readonly<Record<string, string>> = {}): Promise<PayReply> {
    const { account, merchant } = this.#simulator;
    const own = { nonce_str: 'abc', mch_billno: number, mch_id: merchant.mchId, appid: account.appId };
    return this.post('/mmpaymkttransfers/gethbinfo', this.xml({ ...own, bill_type: 'MCHT', ...given }));
  }

  /** Signed unless a sign is among the fields. */
  xml(fields: Readonly<Record<string, string>>): string {
    const signed = { sign: this.sign(fields), ...fields };
    const elements = Object.entries(signed).map(([name, value]) => `<${name}><![CDATA[${value}]]></${name}>`);
    return `<xml>${elements.join('')}</xml>`;
  }

  sign(fields: Readonly<Record<string, string>>): string {
    const names = Object.keys(fields).sort();
    const joined = names.map((name) => `${name}=${fields[name]}&`).join('');
    const text = `${joined}key=${this.#simulator.merchant.apiKey}`;
    return createHash('md5').update(text).digest('hex').toUpperCase();
  }

  async post(path: string, body: string, signal = AbortSignal.timeout(10_000)): Promise<PayReply> {
    const url = `${this.#simulator.payUrl}${path}`;
    const call = request(url, { method: 'POST', agent: this.#agent, signal }).end(body);
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    const text = (await response.setEncoding('utf8').toArray()).join('');
    return { status: response.statusCode ?? 0, text, fields: readFields(text) };
  }

  close(): void {
    this.#agent.destroy();
  }
}

function readFields(text: string): Map<string, string> {
  const found = text.matchAll(/<(\w+)>(?:<!\[CDATA\[([^]*?)\]\]>|([^<]*))<\/\1>/g);
  return new Map([...found].map(([, name = '', cdata, plain]) => [name, cdata ?? plain ?? '']));
}
