import { useSyncExternalStore } from 'react';

const QUERY = '(prefers-reduced-motion: reduce)';

function subscribe(onChange: () => void): () => void {
  const wish = matchMedia(QUERY);
  wish.addEventListener('change', onChange);
  return () => wish.removeEventListener('change', onChange);
}

/** Whether the person asked their system for less motion; follows the setting while the page is open. */
export function useReducedMotion(): boolean {
  return useSyncExternalStore(subscribe, () => matchMedia(QUERY).matches);
}
