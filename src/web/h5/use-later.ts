import { useEffect, useState } from 'preact/hooks';
import { withRetries } from './with-retries.ts';

type Later = typeof import('./later.ts');

const QUIET_MS = 400;

/** What is loaded once the page is there; null until it is, and when the connection stays away. */
export function useLater(): Later | null {
  const [later, setLater] = useState<Later | null>(null);
  useEffect(() => {
    // The play's own script goes first, and nobody has drawn so soon.
    const timer = setTimeout(
      () => void withRetries(() => import('./later.ts')).then((found) => found && setLater(found)),
      QUIET_MS,
    );
    return () => clearTimeout(timer);
  }, []);
  return later;
}
