import { useEffect, useState } from 'preact/hooks';
import { loadScript } from './load-script.ts';

type Later = typeof import('./later.ts');

const QUIET_MS = 400;

/** What is loaded once the page is there; null until it is, and when the connection stays away. */
export function useLater(): Later | null {
  const [later, setLater] = useState<Later | null>(null);
  useEffect(() => {
    // The play's own script goes first, and nobody has drawn so soon.
    const timer = setTimeout(
      () => void loadScript(() => import('./later.ts')).then((found) => found && setLater(found)),
      QUIET_MS,
    );
    return () => clearTimeout(timer);
  }, []);
  return later;
}
