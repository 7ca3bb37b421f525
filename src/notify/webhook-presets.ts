import { createHmac } from 'node:crypto';
import type { Alarm } from '../flows/ports/alarms.ts';
import { alarmText } from './alarm-text.ts';

/** Whose robot listens at an address: WeCom, DingTalk, Feishu, or anything that takes plain JSON. */
export type WebhookPreset = 'wecom' | 'dingtalk' | 'feishu' | 'json';

/** What is posted. */
export interface WebhookMessage {
  readonly url: URL;
  readonly body: Readonly<Record<string, unknown>>;
}

/** How one kind of robot is spoken to. */
export interface Robot {
  message(input: {
    readonly alarm: Alarm;
    readonly url: string;
    /** The signing secret, where the robot was made with one. */
    readonly secret: string | null;
    readonly nowMs: number;
  }): WebhookMessage;
  /** Reads an answer of status 2xx: null when the alarm was taken, otherwise the refusal in the robot's own words. */
  refusal(answer: string): string | null;
}

const HOSTS: Readonly<Record<string, WebhookPreset>> = {
  'qyapi.weixin.qq.com': 'wecom',
  'oapi.dingtalk.com': 'dingtalk',
  'api.dingtalk.com': 'dingtalk',
  'open.feishu.cn': 'feishu',
  'open.larksuite.com': 'feishu',
};

/** Tells the preset from the host of an address; `json` for any other host. */
export function webhookPresetOf(url: string): WebhookPreset {
  return HOSTS[URL.parse(url)?.hostname ?? ''] ?? 'json';
}

/** https://developer.work.weixin.qq.com/document/path/91770: at most 20 messages a minute. */
const wecom: Robot = {
  message: ({ alarm, url }) => ({
    url: new URL(url),
    body: { msgtype: 'text', text: { content: alarmText(alarm) } },
  }),
  refusal: (answer) => byCode(answer, { code: ['errcode'], message: 'errmsg' }),
};

/**
 * https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages, signed as in
 * https://open.dingtalk.com/document/robots/customize-robot-security-settings: HMAC-SHA256 of timestamp (ms) and secret
 * under the secret, valid for an hour. At most 20 messages a minute.
 */
const dingtalk: Robot = {
  message({ alarm, url, secret, nowMs }) {
    const signed = new URL(url);
    if (secret !== null) {
      const timestamp = String(Math.floor(nowMs));
      signed.searchParams.set('timestamp', timestamp);
      signed.searchParams.set('sign', hmac(secret, `${timestamp}\n${secret}`));
    }
    return { url: signed, body: { msgtype: 'text', text: { content: alarmText(alarm) } } };
  },
  refusal: (answer) => byCode(answer, { code: ['errcode'], message: 'errmsg' }),
};

/**
 * https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot: timestamp (seconds) and secret are the key of an
 * HMAC-SHA256 over nothing, valid for an hour. `StatusCode` is what older robots answer.
 */
const feishu: Robot = {
  message({ alarm, url, secret, nowMs }) {
    const timestamp = String(Math.floor(nowMs / 1000));
    const signature = secret === null ? {} : { timestamp, sign: hmac(`${timestamp}\n${secret}`, '') };
    return { url: new URL(url), body: { ...signature, msg_type: 'text', content: { text: alarmText(alarm) } } };
  },
  refusal: (answer) => byCode(answer, { code: ['code', 'StatusCode'], message: 'msg' }),
};

/** A receiver of one's own: the alarm as JSON, taken when it answers with a status of 2xx. */
const json: Robot = {
  message: ({ alarm, url }) => ({
    url: new URL(url),
    body: {
      id: alarm.id,
      kind: alarm.kind,
      subject: alarm.subject,
      message: alarm.message,
      raisedAt: new Date(alarm.raisedAtMs).toISOString(),
      text: alarmText(alarm),
    },
  }),
  refusal: () => null,
};

export const robots: Readonly<Record<WebhookPreset, Robot>> = { wecom, dingtalk, feishu, json };

function hmac(key: string, data: string): string {
  return createHmac('sha256', key).update(data).digest('base64');
}

/** Absent is not success: only the number 0 under the first name that is there means "taken". */
function byCode(answer: string, names: { readonly code: readonly string[]; readonly message: string }): string | null {
  let read: unknown;
  try {
    read = JSON.parse(answer);
  } catch {
    return 'its answer is no JSON';
  }
  if (typeof read !== 'object' || read === null) return 'its answer is no object';
  const fields = read as Readonly<Record<string, unknown>>;
  const code = names.code.map((name) => fields[name]).find((value) => value !== undefined);
  if (code === 0) return null;
  if (typeof code !== 'number') return `its answer has no ${names.code[0]}`;
  const message = fields[names.message];
  return `${code} ${typeof message === 'string' ? message : ''}`.trim();
}
