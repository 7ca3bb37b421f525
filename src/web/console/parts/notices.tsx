import { Alert, Button, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import type { ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import type { Loaded } from '../state/use-loaded.ts';
import type { Words } from '../words/words-zh.ts';

/** Says in the operator's language what went wrong and what to do. */
export function sayProblem(problem: ApiProblem, words: Words): string {
  return words.problems[problem.code] ?? problem.message;
}

/** A failed load, with the way to try again. */
export function ProblemNotice({ problem, onRetry }: { problem: ApiProblem; onRetry?: () => void }) {
  const words = useWords();
  return (
    <Alert
      type="error"
      showIcon
      title={sayProblem(problem, words)}
      action={onRetry && <Button onClick={onRetry}>{words.reload}</Button>}
    />
  );
}

/** Shows what was loaded, a skeleton before, and the problem instead when it cannot be had. */
export function WhenLoaded<Data>(props: {
  loaded: Loaded<Data>;
  onRetry: () => void;
  children: (data: Data) => ReactNode;
}) {
  const words = useWords();
  switch (props.loaded.state) {
    case 'loading':
      return (
        <div className="card" role="status" aria-label={words.loading}>
          <Skeleton active paragraph={{ rows: 5 }} />
        </div>
      );
    case 'failed':
      return <ProblemNotice problem={props.loaded.problem} onRetry={props.onRetry} />;
    case 'ready':
      return props.children(props.loaded.data);
  }
}

/** Nothing here yet: what it would be, and the next step. */
export function EmptyNotice({ title, text, action }: { title: string; text: string; action?: ReactNode }) {
  return (
    <div className="empty">
      <svg viewBox="0 0 96 72" width="96" height="72" aria-hidden="true" focusable="false">
        <rect x="22" y="6" width="40" height="56" rx="6" fill="#f0e3df" transform="rotate(-8 42 34)" />
        <rect x="34" y="8" width="40" height="56" rx="6" fill="#9e1b2c" />
        <path d="M34 21c10 10 30 10 40 0" fill="none" stroke="#d9a441" strokeWidth="2" />
        <circle cx="54" cy="29" r="7" fill="#d9a441" />
      </svg>
      <h2>{title}</h2>
      <p>{text}</p>
      {action}
    </div>
  );
}
