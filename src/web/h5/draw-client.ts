import type {
  ActivityPageState,
  DrawAnswer,
  PageFault,
  PageWinner,
  PageWinners,
} from '../../http/contract/activity-page.ts';
import type { InvitationAnswer } from '../../http/contract/invitation.ts';
import type { Tap } from './request-token.ts';
import { waitOrOnline } from './wait-or-online.ts';

/** How asking for a draw went: an answer, a fault that asking again will not cure, or trouble to the end. */
export type DrawOutcome =
  | { readonly kind: 'answer'; readonly answer: DrawAnswer }
  | { readonly kind: 'fault'; readonly code: string }
  | { readonly kind: 'gave-up'; readonly trouble: Trouble };

/** `unproven`: WeChat does not say whether this person follows, without which there is no draw. */
export type Trouble = 'connection' | 'busy' | 'unproven' | 'too-many';

const ANSWER_TIMEOUT_MS = 7000;
// A server that asks for more patience than this is asked again anyway, a last time.
const PATIENCE_MS = 15_000;
const WAITS_MS = [700, 1500, 3000, 5000, 5000];

/**
 * Asks the server for the draw that belongs to a token. A lost connection is tried again with the same token, so it is
 * one draw however often it is asked. `onTrouble` hears of every try that failed.
 */
export async function askForDraw(slug: string, tap: Tap, onTrouble: (trouble: Trouble) => void): Promise<DrawOutcome> {
  let trouble: Trouble = 'connection';
  for (const waitMs of [...WAITS_MS, null]) {
    const result = await tryOnce(slug, tap);
    if (result.kind !== 'again') return result;
    trouble = result.trouble;
    if (waitMs === null) break;
    onTrouble(trouble);
    await waitOrOnline(Math.max(waitMs, Math.min(result.waitMs, PATIENCE_MS)));
  }
  return { kind: 'gave-up', trouble };
}

async function tryOnce(
  slug: string,
  { token, said, to }: Tap,
): Promise<DrawOutcome | { readonly kind: 'again'; readonly trouble: Trouble; readonly waitMs: number }> {
  try {
    const response = await fetchJson(`/api/a/${slug}/draw`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, ...(said === null ? {} : { said }), ...(to === null ? {} : { to }) }),
    });
    if (response.status === 200) return { kind: 'answer', answer: response.body as DrawAnswer };
    const { code, retryAfterSeconds = 0 } = response.body as PageFault;
    const waitMs = retryAfterSeconds * 1000;
    if (response.status === 429) return { kind: 'again', trouble: 'too-many', waitMs };
    if (response.status < 500) return { kind: 'fault', code };
    return { kind: 'again', trouble: code === 'visitor-unproven' ? 'unproven' : 'busy', waitMs };
  } catch {
    return { kind: 'again', trouble: 'connection', waitMs: 0 };
  }
}

/** Reads the page's state afresh; undefined when that did not work. */
export async function readState(slug: string): Promise<ActivityPageState | undefined> {
  try {
    const response = await fetchJson(`/api/a/${slug}/state`, {});
    return response.status === 200 ? (response.body as ActivityPageState) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads the person's own invitation; undefined when that did not work. */
export async function readInvitation(slug: string): Promise<InvitationAnswer | undefined> {
  try {
    const response = await fetchJson(`/api/a/${slug}/invitation`, {});
    return response.status === 200 ? (response.body as InvitationAnswer) : undefined;
  } catch {
    return undefined;
  }
}

/** Reads who won last; undefined when that did not work. */
export async function readWinners(slug: string): Promise<readonly PageWinner[] | undefined> {
  try {
    const response = await fetchJson(`/api/a/${slug}/winners`, {});
    return response.status === 200 ? (response.body as PageWinners).winners : undefined;
  } catch {
    return undefined;
  }
}

async function fetchJson(path: string, init: RequestInit): Promise<{ status: number; body: unknown }> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ANSWER_TIMEOUT_MS);
  try {
    const response = await fetch(path, { ...init, credentials: 'same-origin', signal: abort.signal });
    return { status: response.status, body: await response.json() };
  } finally {
    clearTimeout(timer);
  }
}
