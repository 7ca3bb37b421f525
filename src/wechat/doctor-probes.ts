import { randomBytes } from 'node:crypto';
import { Agent, request } from 'undici';
import { OutsideTrouble } from '../base/errors.ts';
import type { Account } from '../flows/ports/accounts.ts';
import type { DoctorProbes } from '../flows/ports/doctor.ts';
import { createApiClient } from './api-client.ts';
import { sign } from './messages/signature.ts';

const TIMEOUT_MS = 6000;
const ECHO_BYTES_MAX = 1024;
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** How the doctor asks WeChat for a token, and our own callback as WeChat does. `nowMs` is the clock the service runs by. */
export function wechatProbes(options: {
  readonly apiUrl: string;
  readonly publicUrl: string;
  readonly nowMs: () => number;
}): Pick<DoctorProbes, 'token' | 'callback'> {
  const { apiUrl, publicUrl, nowMs } = options;
  return {
    async token(account) {
      const api = createApiClient({ baseUrl: apiUrl, logger: quiet, deadlineMs: TIMEOUT_MS });
      // The stable endpoint gives everybody the same token: asking takes nothing from who uses one.
      const json = { grant_type: 'client_credential', appid: account.appId, secret: account.appSecret };
      try {
        const answer = await api.call({ method: 'POST', path: '/cgi-bin/stable_token', json });
        if (answer.kind === 'ok') return { kind: 'ok' };
        return { kind: 'refused', errcode: answer.errcode, errmsg: answer.errmsg };
      } catch (error) {
        if (error instanceof OutsideTrouble) return { kind: 'failed', message: error.message };
        throw error;
      } finally {
        await api.close();
      }
    },
    callback: (account) => fetchEcho(account, { publicUrl, nowMs }),
  };
}

/** Asks as WeChat does when the address is entered (https://developers.weixin.qq.com/doc/subscription/guide/dev/push/). */
async function fetchEcho(
  account: Account,
  { publicUrl, nowMs }: { readonly publicUrl: string; readonly nowMs: () => number },
): ReturnType<DoctorProbes['callback']> {
  const [timestamp, nonce, echo] = [String(Math.floor(nowMs() / 1000)), random(), random()];
  const signature = sign([account.token, timestamp, nonce]);
  const query = new URLSearchParams({ signature, timestamp, nonce, echostr: echo }).toString();
  const address = new URL(`/wechat/${account.id}`, publicUrl);
  const agent = new Agent({ connect: { timeout: TIMEOUT_MS } });
  try {
    const { statusCode, body } = await request(`${address.href}?${query}`, {
      dispatcher: agent,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    let text = '';
    for await (const chunk of body as AsyncIterable<Buffer>) {
      text += chunk.toString('utf8');
      if (text.length > ECHO_BYTES_MAX) break;
    }
    if (statusCode === 200 && text === echo) return { kind: 'ok' };
    const told = statusCode === 200 ? 'another page than the callback answers' : `status ${statusCode}`;
    return { kind: 'failed', message: `${address.href}: ${told}` };
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const reason = typeof code === 'string' ? code : error instanceof Error ? error.message : String(error);
    return { kind: 'failed', message: `${address.href}: ${reason}` };
  } finally {
    await agent.destroy();
  }
}

function random(): string {
  return randomBytes(8).toString('hex');
}
