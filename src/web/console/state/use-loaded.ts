import { useCallback, useEffect, useRef, useState } from 'react';
import type { ApiProblem } from './api.ts';

/** Something being loaded, loaded, or not to be had. */
export type Loaded<Data> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly problem: ApiProblem }
  | { readonly state: 'ready'; readonly data: Data };

/** Loads when the page opens and whenever `load` changes or is asked again; a late answer to an old question is dropped. */
export function useLoaded<Data>(load: () => Promise<Data>): {
  readonly loaded: Loaded<Data>;
  readonly reload: () => void;
  readonly set: (data: Data) => void;
} {
  const [loaded, setLoaded] = useState<Loaded<Data>>({ state: 'loading' });
  const round = useRef(0);
  const reload = useCallback(() => {
    const mine = (round.current += 1);
    const show = (next: Loaded<Data>): void => {
      if (mine === round.current) setLoaded(next);
    };
    load().then(
      (data) => show({ state: 'ready', data }),
      (problem: ApiProblem) => show({ state: 'failed', problem }),
    );
  }, [load]);
  useEffect(() => {
    setLoaded({ state: 'loading' });
    reload();
    return () => void (round.current += 1);
  }, [reload]);
  const set = useCallback((data: Data) => {
    round.current += 1;
    setLoaded({ state: 'ready', data });
  }, []);
  return { loaded, reload, set };
}
