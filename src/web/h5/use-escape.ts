import { useLayoutEffect, useRef } from 'preact/hooks';

/** Closes what is open by Escape, wherever the focus is: a tap beside a dialog takes it away from the dialog. */
export function useEscape(close: () => void): void {
  const latest = useRef(close);
  latest.current = close;
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape') latest.current();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
