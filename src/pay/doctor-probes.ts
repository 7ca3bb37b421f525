import { randomBytes, X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { rootCertificates } from 'node:tls';
import { fen } from '../base/fen.ts';
import type { OrderNumber } from '../base/ids.ts';
import type { DoctorProbes } from '../flows/ports/doctor.ts';
import { openMerchantCertificate } from './merchant-certificate.ts';
import { WechatPayRail } from './wechat-pay-rail.ts';

const TIMEOUT_MS = 8000;

/** How the doctor looks at WeChat Pay and at merchants' certificates. `nowMs` is this server's own clock. */
export function payProbes(options: {
  readonly payUrl: string;
  readonly extraCaPem: string | null;
  readonly nowMs: () => number;
}): Pick<DoctorProbes, 'payHost' | 'payQuery' | 'certificate'> {
  const { payUrl, extraCaPem } = options;
  return {
    payHost: () => lookAtHost(options),
    async payQuery(merchant, appId) {
      const rail = new WechatPayRail({
        baseUrl: payUrl,
        extraCaPem,
        deadlineMs: TIMEOUT_MS,
        connectionsPerMerchant: 1,
      });
      try {
        // Nobody has this number, and a query changes nothing.
        const orderNumber = `doctor${randomBytes(10).toString('hex')}` as OrderNumber;
        const packet = { orderNumber, appId, mchId: merchant.mchId, amountFen: fen(100), rail: 'red-packet' as const };
        const answer = await rail.query(merchant, packet);
        if (answer.kind === 'not-found') return { kind: 'not-found' };
        if (answer.kind === 'unknown') return { kind: 'answered', code: answer.code, message: answer.message };
        return { kind: 'answered', code: 'answer-not-ours', message: 'WeChat Pay knows a number that nobody made' };
      } finally {
        await rail.close();
      }
    },
    certificate({ certificatePem, privateKeyPem }) {
      try {
        const opened = openMerchantCertificate({ certificatePem, privateKeyPem }, 0);
        const names = commonName(opened.certificatePem);
        return { kind: 'ok', names, serial: opened.serial, notAfterMs: opened.notAfterMs };
      } catch (error) {
        return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

function lookAtHost(given: {
  readonly payUrl: string;
  readonly extraCaPem: string | null;
  readonly nowMs: () => number;
}): ReturnType<DoctorProbes['payHost']> {
  return new Promise((resolve) => {
    const ca = given.extraCaPem === null ? {} : { ca: [...rootCertificates, given.extraCaPem] };
    const call = request(given.payUrl, { method: 'GET', agent: false, ...ca }, (response) => {
      const atMs = Date.parse(response.headers.date ?? '');
      const address = response.socket.localAddress ?? '';
      response.resume();
      // A Date has whole seconds: half of one is the best guess of what it leaves out.
      resolve({ kind: 'ok', aheadMs: Number.isNaN(atMs) ? 0 : atMs + 500 - given.nowMs(), address });
      call.destroy();
    });
    const timer = setTimeout(() => call.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
    call.on('error', (error) => resolve({ kind: 'failed', message: reasonOf(error) }));
    call.on('close', () => clearTimeout(timer));
    call.end();
  });
}

function commonName(certificatePem: string): string {
  const { subject } = new X509Certificate(certificatePem);
  return /^CN=(.+)$/m.exec(subject)?.[1] ?? '';
}

function reasonOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(String).join('; ');
  return error.message;
}
