// A token this old belongs to a draw the person has forgotten about: asking for it would draw without a tap.
const RESUME_WITHIN_MS = 10 * 60_000;

/** Makes 128 random bits as 32 hex digits: one tap's name for its draw. */
export function newToken(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Keeps the token of a draw that has no answer yet, so that a closed or reloaded page asks for the same one. */
export function keepToken(slug: string, token: string | null): void {
  try {
    if (token === null) localStorage.removeItem(nameOf(slug));
    else localStorage.setItem(nameOf(slug), `${Date.now()} ${token}`);
  } catch {
    // Private browsing has no storage: then only this page's own retries keep the token.
  }
}

/** Returns the token of a draw begun a short while ago that never got its answer. */
export function unansweredToken(slug: string): string | undefined {
  try {
    const [keptAtMs, token] = (localStorage.getItem(nameOf(slug)) ?? '').split(' ');
    const ageMs = Date.now() - Number(keptAtMs);
    return token !== undefined && /^[0-9a-f]{32}$/.test(token) && ageMs < RESUME_WITHIN_MS ? token : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(slug: string): string {
  return `draw-in-progress:${slug}`;
}
