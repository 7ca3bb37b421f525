import { waitOrOnline } from './wait-or-online.ts';

const WAITS_MS = [500, 1500, 4000];

/** Loads a script by an `import()` of it, and a few times more where that fails; undefined when the connection stays away. */
export async function loadScript<Script>(load: () => Promise<Script>): Promise<Script | undefined> {
  let again = load;
  for (const [attempt, waitMs] of WAITS_MS.entries()) {
    try {
      return await again();
    } catch (error) {
      again = () => importAnew<Script>(error, attempt) ?? load();
      await waitOrOnline(waitMs);
    }
  }
  return again().catch(() => undefined);
}

/**
 * Chromium, and so WeChat's browser on Android, remembers a failed import until the page is loaded anew
 * (https://github.com/whatwg/html/issues/6768), but under another address it asks. Its error names the address; other
 * browsers ask again by themselves. Null where no address is named.
 */
function importAnew<Script>(error: unknown, attempt: number): Promise<Script> | null {
  const address = /https?:\/\/[^\s?]+\.js/.exec(String(error))?.[0];
  if (address === undefined) return null;
  return import(/* @vite-ignore */ `${address}?again=${attempt + 1}`) as Promise<Script>;
}
