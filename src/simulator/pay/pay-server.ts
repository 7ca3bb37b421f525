import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { SimulatorClock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Timeline } from '../timeline.ts';
import type { Certificates } from '../tls/certificates.ts';
import { answer, BodyTooLarge, readBody } from '../wire/http-body.ts';
import { listenOnLoopback, stopListening } from '../wire/listening.ts';
import { flatFields, readXml, XmlFault } from '../wire/xml.ts';
import type { Books } from './books.ts';
import type { Fault } from './faults.ts';
import type { CouponDesk } from './coupon-desk.ts';
import type { Caller, DeskResult, PacketDesk } from './packet-desk.ts';
import { refusal, Refused, writePayAnswer } from './pay-answer.ts';
import type { Fields, PacketKind } from './request-checks.ts';
import type { Shop } from './shop.ts';
import { transfersPath, type TransferDesk } from './transfer-desk.ts';
import type { V3Keys } from './v3-keys.ts';

export const sendPath = '/mmpaymkttransfers/sendredpack';
export const queryPath = '/mmpaymkttransfers/gethbinfo';
const sendPaths: Readonly<Record<string, PacketKind>> = {
  [sendPath]: 'plain',
  '/mmpaymkttransfers/sendgroupredpack': 'group',
  '/mmpaymkttransfers/sendminiprogramhb': 'mini',
};
const couponPath = '/mmpaymkttransfers/send_coupon';
/** Needs no certificate. */
export const orderQueryPath = '/pay/orderquery';

export type PayServerParts = {
  certificates: Certificates;
  desk: PacketDesk;
  books: Books;
  shop: Shop;
  keys: V3Keys;
  transfers: TransferDesk;
  coupons: CouponDesk;
  merchant: { mchId: string };
  timeline: Timeline;
  random: Random;
  clock: SimulatorClock;
};

const bodyBytesMax = 65_536;
const hangMaxMs = 120_000;
const trickleMaxMs = 300_000;
const badGateway = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

/**
 * api.mch.weixin.qq.com on loopback. It asks for a client certificate and lets strangers in, because WeChat Pay answers
 * them with CA_ERROR instead of breaking the handshake.
 */
export class PayServer {
  readonly #parts: PayServerParts;
  readonly #server: Server;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(parts: PayServerParts) {
    this.#parts = parts;
    const { ca, server } = parts.certificates;
    const keys = { key: server.keyPem, cert: server.certPem, ca: ca.certPem };
    const options = { ...keys, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' } as const;
    this.#server = createServer(options, (request, response) => {
      this.#handle(request, response).catch((error: unknown) => this.#broken(error, response));
    });
  }

  /** Returns the port it listens on. */
  async start(port: number): Promise<number> {
    return listenOnLoopback(this.#server, port);
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await stopListening(this.#server);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (path.startsWith(transfersPath)) return this.#answerTransfer(request, response);
    const kind = Object.hasOwn(sendPaths, path) ? sendPaths[path] : undefined;
    const packetPath = kind !== undefined || path === queryPath;
    if (!packetPath && path !== orderQueryPath && path !== couponPath)
      return answer(response, 404, 'text/plain', 'not found');
    if (request.method !== 'POST') return answer(response, 405, 'text/plain', 'use POST');
    const text = await readBody(request, bodyBytesMax);
    const fields = readFields(text);
    if (path === orderQueryPath) return this.#answerOrderQuery(response, fields);
    if (path === couponPath) return this.#answerCoupon(request, response, fields);
    const { books, clock, timeline } = this.#parts;
    const number = fields?.get('mch_billno') ?? '';
    books.noteArrival({ atMs: clock.nowMs(), path, number });
    const openid = fields?.get('re_openid') ?? books.packet(number)?.openid ?? '';
    const [title, titleEn] =
      kind === undefined ? ['查红包请求', 'Red packet query'] : ['发红包请求', 'Red packet request'];
    timeline.add({ kind: 'pay-request', openid, title, titleEn, detail: { path, number }, text });
    const result = this.#decide(kind, fields, request);
    this.#respond(response, result, { openid, number });
  }

  async #answerTransfer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { keys, certificates, transfers, books, clock, timeline } = this.#parts;
    const { method = '', url: path = '', headers } = request;
    const body = await readBody(request, bodyBytesMax);
    const { authorization = '' } = headers;
    const { mchId } = this.#parts.merchant;
    const { certPem } = certificates.merchant;
    const signatureFault = keys.requestFault({ method, path, authorization, body }, { mchId, certPem });
    const number = /out-bill-no\/(\w+)/.exec(path)?.[1] ?? /"out_bill_no":"(\w+)"/.exec(body)?.[1] ?? '';
    books.noteArrival({ atMs: clock.nowMs(), path, number });
    const openid = /"openid":"([\w-]+)"/.exec(body)?.[1] ?? books.packet(number)?.openid ?? '';
    const [title, titleEn] = method === 'GET' ? ['查转账请求', 'Transfer query'] : ['转账请求', 'Transfer request'];
    timeline.add({ kind: 'pay-request', openid, title, titleEn, detail: { path, number }, text: body });
    const plainHeaders = headers.accept !== undefined && headers['user-agent'] !== undefined;
    const noSuchKey = body.includes('"user_name"') && headers['wechatpay-serial'] !== keys.publicKey.id;
    const fault = plainHeaders ? (noSuchKey ? 'Wechatpay-Serial错误' : signatureFault) : 'Http头缺少Accept或User-Agent';
    const result = transfers.answer({ method, path, body, signatureFault: fault });
    const text = JSON.stringify(result.body);
    const detail = { number, code: String(result.status), ...(result.fault ? { fault: result.fault.kind } : {}) };
    const titles = { title: '微信支付应答转账', titleEn: 'WeChat Pay answers a transfer' };
    timeline.add({ kind: 'pay-answer', openid, ...titles, detail, text });
    for (const [name, value] of Object.entries(keys.signed(text))) response.setHeader(name, value);
    const send = (): void => answer(response, result.status, 'application/json; charset=utf-8', text);
    if (result.fault) this.#spoil(response, { text, send }, result.fault);
    else send();
  }

  #answerCoupon(request: IncomingMessage, response: ServerResponse, fields: Fields | undefined): void {
    const { coupons, books, clock } = this.#parts;
    const number = fields?.get('partner_trade_no') ?? '';
    books.noteArrival({ atMs: clock.nowMs(), path: couponPath, number });
    const caller = callerOf(request);
    const result = fields ? coupons.send(fields, caller) : { answer: refusal(new Refused('XML_ERROR')) };
    const text = coupons.write(result.answer);
    const send = (): void => answer(response, 200, 'text/plain; charset=utf-8', text);
    if (result.fault) this.#spoil(response, { text, send }, result.fault);
    else send();
  }

  #answerOrderQuery(response: ServerResponse, fields: Fields | undefined): void {
    const xml = this.#parts.shop.answerQuery(fields ?? new Map());
    answer(response, 200, 'text/plain; charset=utf-8', xml);
  }

  #decide(kind: PacketKind | undefined, fields: Fields | undefined, request: IncomingMessage): DeskResult {
    if (!fields) return { answer: refusal(new Refused('XML_ERROR')) };
    const caller = callerOf(request);
    const { desk } = this.#parts;
    return kind === undefined ? desk.query(fields, caller) : desk.send(fields, caller, kind);
  }

  #respond(response: ServerResponse, result: DeskResult, about: { openid: string; number: string }): void {
    const xml = writePayAnswer(result.answer, this.#parts.random);
    const { fault } = result;
    const code = String(result.answer['err_code'] ?? '');
    this.#parts.timeline.add({
      kind: 'pay-answer',
      openid: about.openid,
      title: fault ? `微信支付应答（故障：${fault.kind}）` : `微信支付应答 ${code}`,
      titleEn: fault ? `WeChat Pay answers (fault: ${fault.kind})` : `WeChat Pay answers ${code}`,
      detail: { number: about.number, code, ...(fault ? { fault: fault.kind, paying: fault.paying } : {}) },
      text: xml,
    });
    const send = (): void => answer(response, 200, 'text/plain; charset=utf-8', xml);
    if (fault) this.#spoil(response, { text: xml, send }, fault);
    else send();
  }

  #spoil(response: ServerResponse, { text, send }: { text: string; send: () => void }, fault: Fault): void {
    switch (fault.kind) {
      case 'answer-lost-after-paying':
        return this.#drop(response);
      case 'reset':
        return this.#drop(response);
      case 'hang':
        return this.#later(hangMaxMs, () => this.#drop(response));
      case 'garbage':
        return answer(response, 200, 'text/html', badGateway);
      case 'http-500':
        return answer(response, 500, 'text/html', badGateway);
      case 'trickle':
        return this.#trickle(response, Buffer.from(text), fault.ms);
      case 'system-error':
      case 'processing':
      case 'not-found-for':
      case 'unknown-code':
        return send();
    }
  }

  #drop(response: ServerResponse): void {
    response.socket?.destroy();
  }

  /** One byte at a time: a time-out that starts again with each byte never ends this call. */
  #trickle(response: ServerResponse, bytes: Buffer, pauseMs: number): void {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'content-length': bytes.length });
    const endMs = performance.now() + trickleMaxMs;
    const step = (at: number): void => {
      if (response.destroyed || performance.now() > endMs) return this.#drop(response);
      if (at >= bytes.length) return void response.end();
      response.write(bytes.subarray(at, at + 1));
      this.#later(pauseMs, () => step(at + 1));
    };
    step(0);
  }

  #later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer.unref());
  }

  #broken(error: unknown, response: ServerResponse): void {
    if (response.headersSent) return this.#drop(response);
    const status = error instanceof BodyTooLarge ? 413 : 500;
    answer(response, status, 'text/plain', error instanceof Error ? error.message : 'broken');
  }
}

function callerOf(request: IncomingMessage): Caller {
  const socket = request.socket as TLSSocket;
  const commonName = socket.authorized ? socket.getPeerCertificate().subject?.CN : undefined;
  const certificateMchId = typeof commonName === 'string' ? commonName : undefined;
  return { certificateMchId, address: socket.remoteAddress ?? '' };
}

function readFields(text: string): Fields | undefined {
  try {
    return flatFields(readXml(text));
  } catch (error) {
    if (error instanceof XmlFault) return undefined;
    throw error;
  }
}
