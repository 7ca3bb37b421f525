import { Button } from 'antd';
import type { ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import { ProblemNotice } from './notices.tsx';

/** The foot of a list: the next page, or that everything is shown. */
export function ListMore(props: {
  count: number;
  hasMore: boolean;
  loadingMore: boolean;
  moreProblem: ApiProblem | null;
  more: () => void;
}) {
  const words = useWords();
  if (props.moreProblem !== null) return <ProblemNotice problem={props.moreProblem} onRetry={props.more} />;
  if (!props.hasMore) return <p className="quiet list-end">{words.endOfList(props.count)}</p>;
  return (
    <Button block loading={props.loadingMore} onClick={props.more}>
      {props.loadingMore ? words.loadingMore : words.more}
    </Button>
  );
}
