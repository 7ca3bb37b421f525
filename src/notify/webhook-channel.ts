import { Agent, request } from 'undici';
import { assert, OutsideTrouble } from '../base/errors.ts';
import type { Alarm, AlarmChannel } from '../flows/ports/alarms.ts';
import { robots, webhookPresetOf } from './webhook-presets.ts';
import type { WebhookMessage, WebhookPreset } from './webhook-presets.ts';

export interface WebhookChannelOptions {
  /** The robot's whole address. It is a secret: whoever has it can write into the chat. */
  readonly url: string;
  /** Told from the host when absent. */
  readonly preset?: WebhookPreset | null;
  /** The signing secret of a DingTalk or Feishu robot that was made with one. */
  readonly secret?: string | null;
  /** Unix ms, within an hour of the robot's own time. */
  readonly nowMs: () => number;
  /** Absolute, over connecting, headers and body: 5 s unless told. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5000;
// A robot answers with less than 1 KB.
const ANSWER_BYTES_MAX = 65_536;
const REFUSAL_LENGTH_MAX = 200;

/**
 * A channel that posts alarms to a chat's robot, once per call. `tell` throws OutsideTrouble `webhook-refused`,
 * `webhook-unreachable` or `webhook-too-slow`; none of their texts holds the address or the secret. Redirects are not
 * followed: the address would be told to someone else.
 */
export function createWebhookChannel(options: WebhookChannelOptions): AlarmChannel & { close(): Promise<void> } {
  const { url, secret = null, nowMs, timeoutMs = TIMEOUT_MS } = options;
  assert(URL.canParse(url), 'the webhook needs an absolute address');
  const robot = robots[options.preset ?? webhookPresetOf(url)];
  // Alarms are rare: no connection waits for the next one.
  const agent = new Agent({ connections: 2, pipelining: 0, connect: { timeout: timeoutMs, rejectUnauthorized: true } });
  return {
    async tell(alarm: Alarm) {
      const message = robot.message({ alarm, url, secret, nowMs: nowMs() });
      const { status, body } = await withinDeadline({ agent, message, timeoutMs });
      const said = status >= 200 && status < 300 ? robot.refusal(body) : `status ${status}`;
      if (said !== null)
        throw new OutsideTrouble('webhook-refused', `the webhook refused: ${shown(said, url, secret)}`);
    },
    close: () => agent.destroy(),
  };
}

interface Exchange {
  readonly agent: Agent;
  readonly message: WebhookMessage;
  readonly timeoutMs: number;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

async function withinDeadline(exchange: Exchange): Promise<Answer> {
  const { timeoutMs } = exchange;
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  // undici does not react to the signal while it connects, so this waits for whichever ends first.
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new OutsideTrouble('webhook-too-slow', `the webhook gave no answer within ${timeoutMs} ms`));
      over.abort();
    }, timeoutMs);
  });
  const conversation = converse(exchange, over.signal);
  conversation.catch(() => undefined);
  try {
    return await Promise.race([conversation, late]);
  } catch (error) {
    if (error instanceof OutsideTrouble) throw error;
    // No cause: messages of undici hold the address.
    throw new OutsideTrouble('webhook-unreachable', `the webhook cannot be reached: ${codeOf(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

async function converse({ agent, message }: Exchange, signal: AbortSignal): Promise<Answer> {
  const { statusCode, body } = await request(message.url, {
    dispatcher: agent,
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', accept: 'application/json' },
    body: JSON.stringify(message.body),
    signal,
  });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop cuts the connection: the rest is never read.
    if (bytes > ANSWER_BYTES_MAX) throw new OutsideTrouble('webhook-refused', 'the webhook answered too much');
    chunks.push(chunk);
  }
  return { status: statusCode, body: Buffer.concat(chunks).toString('utf8') };
}

/** Shortens a refusal and cuts out what of the address it repeats: a robot's key stands in its query or path. */
function shown(refusal: string, url: string, secret: string | null): string {
  const { searchParams, pathname } = new URL(url);
  const keys = [...searchParams.values(), pathname.split('/').at(-1) ?? '', secret ?? ''];
  const cut = keys.filter((key) => key.length >= 8).reduce((text, key) => text.replaceAll(key, '…'), refusal);
  return cut.slice(0, REFUSAL_LENGTH_MAX);
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'connection lost';
}
