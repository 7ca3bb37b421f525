import { useEffect } from 'react';

/** Does something again and again while the page is looked at, and at once when it is looked at again. */
export function useRefresh(refresh: () => void, everyMs: number): void {
  useEffect(() => {
    const refreshIfSeen = (): void => {
      if (document.visibilityState === 'visible') refresh();
    };
    const timer = setInterval(refreshIfSeen, everyMs);
    document.addEventListener('visibilitychange', refreshIfSeen);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', refreshIfSeen);
    };
  }, [refresh, everyMs]);
}
