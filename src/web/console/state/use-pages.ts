import { useCallback, useState } from 'react';
import type { ApiProblem } from './api.ts';
import { useLoaded } from './use-loaded.ts';
import type { Loaded } from './use-loaded.ts';

interface PageAnswer {
  readonly rows: readonly unknown[];
  readonly next: string | null;
}

/** A list that grows page by page: `first` is the newest page's answer, `rows` everything loaded so far. */
export function usePages<Answer extends PageAnswer>(
  load: (after: string | null) => Promise<Answer>,
): {
  readonly loaded: Loaded<Answer>;
  readonly rows: readonly Answer['rows'][number][];
  readonly hasMore: boolean;
  readonly loadingMore: boolean;
  readonly moreProblem: ApiProblem | null;
  readonly more: () => void;
  readonly reload: () => void;
} {
  const [older, setOlder] = useState<readonly Answer['rows'][number][]>([]);
  const [next, setNext] = useState<string | null>(null);
  const [loadingMore, setLoadingMore] = useState(false);
  const [moreProblem, setMoreProblem] = useState<ApiProblem | null>(null);
  const loadFirst = useCallback(async () => {
    const answer = await load(null);
    setOlder([]);
    setNext(answer.next);
    return answer;
  }, [load]);
  const { loaded, reload } = useLoaded(loadFirst);
  const more = useCallback(() => {
    setLoadingMore(true);
    setMoreProblem(null);
    load(next)
      .then(
        (answer) => {
          setOlder((rows) => [...rows, ...answer.rows]);
          setNext(answer.next);
        },
        (problem: ApiProblem) => setMoreProblem(problem),
      )
      .finally(() => setLoadingMore(false));
  }, [load, next]);
  const rows = loaded.state === 'ready' ? [...loaded.data.rows, ...older] : [];
  return { loaded, rows, hasMore: next !== null, loadingMore, moreProblem, more, reload };
}
