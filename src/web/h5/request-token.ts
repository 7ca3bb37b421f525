/** One tap: `said` is what the person gave with it, `to` another way than the page's own; null for nothing. */
export interface Tap {
  readonly token: string;
  readonly said: string | null;
  readonly to: string | null;
}

// A token this old belongs to a draw the person has forgotten about: asking for it would draw without a tap.
const RESUME_WITHIN_MS = 10 * 60_000;

/**
 * Makes one tap's name for its draw: 32 hex digits, 12 of the time in ms, so that a draw is written at the end of its
 * key's index, and 20 of chance.
 */
export function newToken(nowMs = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  const chance = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${nowMs.toString(16).padStart(12, '0')}${chance}`;
}

/** Keeps a tap whose answer was not shown yet, so that a closed or reloaded page asks for the same one. */
export function keepTap(slug: string, tap: Tap | null): void {
  try {
    if (tap === null) localStorage.removeItem(nameOf(slug));
    else localStorage.setItem(nameOf(slug), JSON.stringify({ ...tap, atMs: Date.now() }));
  } catch {
    // Private browsing has no storage: then only this page's own retries keep the token.
  }
}

/** Returns the tap of a draw begun a short while ago whose answer was never shown. */
export function unansweredTap(slug: string): Tap | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(nameOf(slug)) ?? 'null') as (Partial<Tap> & { atMs?: number }) | null;
    if (kept === null) return undefined;
    const { token = '', said = null, to = null, atMs = 0 } = kept;
    return /^[0-9a-f]{32}$/.test(token) && Date.now() - atMs < RESUME_WITHIN_MS ? { token, said, to } : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(slug: string): string {
  return `draw-in-progress:${slug}`;
}
