import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PagePhone } from './page-phone.ts';

/** How a crowd behaves. */
export interface CrowdOptions {
  /** Openids. */
  readonly people: readonly string[];
  readonly slug: string;
  /** Where each process answers; people are spread over them, and ask again at another one. */
  readonly doors: readonly string[];
  /** Which share of the first requests is cut off while it is under way, from 0 to 1. */
  readonly lostShare: number;
}

/** What became of one person's tap. */
export interface CrowdResult {
  readonly openid: string;
  readonly token: string;
  /** The answer, byte for byte; null when none came in the time that the page itself would wait. */
  readonly answer: string | null;
  /** Times it was asked for. */
  readonly asked: number;
  readonly lost: number;
  /** Times it was told to come again a little later. */
  readonly busy: number;
  /** What was the matter with the last request that failed; empty when none did. */
  readonly trouble: string;
  readonly tookMs: number;
}

const AUTHORIZING_AT_ONCE = 40;
const WAITS_MS = [300, 700, 1500, 3000, 5000, 5000];
const ANSWER_TIMEOUT_MS = 7000;
const CUT_WITHIN_MS = 200;

/** Lets everybody authorize one after the other, as they would over minutes, and then tap in the same moment. */
export async function drawAtOnce(options: CrowdOptions): Promise<readonly CrowdResult[]> {
  const phones: PagePhone[] = [];
  for (let from = 0; from < options.people.length; from += AUTHORIZING_AT_ONCE) {
    const some = options.people.slice(from, from + AUTHORIZING_AT_ONCE);
    phones.push(...(await Promise.all(some.map((openid, index) => authorize(options, openid, from + index)))));
  }
  const start = Promise.withResolvers<void>();
  const results = phones.map(async (phone, index) => {
    await start.promise;
    return tap(options, phone, index);
  });
  start.resolve();
  return Promise.all(results);
}

async function authorize({ doors, slug }: CrowdOptions, openid: string, index: number): Promise<PagePhone> {
  for (const waitMs of [...WAITS_MS, null]) {
    const phone = new PagePhone();
    phone.cookies.set('sim_openid', openid);
    const last = (await phone.walk(`${doors[index % doors.length]}/a/${slug}`)).at(-1);
    if (last?.status === 200) return phone;
    if (last?.status !== 429 || waitMs === null) throw new Error(`${openid} was answered ${last?.status}`);
    await sleep(waitMs);
  }
  throw new Error('unreachable');
}

/** Asks as the page's script does: with one token, and again after a lost connection or a busy answer. */
async function tap(
  { doors, slug, people, lostShare }: CrowdOptions,
  phone: PagePhone,
  index: number,
): Promise<CrowdResult> {
  const token = randomBytes(16).toString('hex');
  const began = performance.now();
  let lost = 0;
  let busy = 0;
  let trouble = '';
  let asked = 0;
  const result = (answer: string | null): CrowdResult => ({
    openid: people[index] ?? '',
    token,
    answer,
    asked,
    lost,
    busy,
    trouble,
    tookMs: performance.now() - began,
  });
  // Spread evenly over people, so that every run loses as many.
  const unlucky = Math.floor((index + 1) * lostShare) > Math.floor(index * lostShare);
  for (const waitMs of [...WAITS_MS, null]) {
    const timeoutMs = unlucky && asked === 0 ? 1 + Math.floor(Math.random() * CUT_WITHIN_MS) : ANSWER_TIMEOUT_MS;
    const door = doors[(index + asked) % doors.length] ?? '';
    asked += 1;
    try {
      const answer = await phone.draw(door, slug, token, {}, AbortSignal.timeout(timeoutMs));
      if (answer.status === 200) return result(answer.text);
      if (answer.status !== 429 && answer.status < 500) throw new Error(`answered ${answer.status}: ${answer.text}`);
      busy += 1;
      trouble = answer.text;
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('answered')) throw error;
      lost += 1;
      trouble = String(error);
    }
    if (waitMs !== null) await sleep(waitMs * (0.8 + Math.random() * 0.4));
  }
  return result(null);
}
