/** @jsxImportSource preact */
import { SaidForm } from '../said-form.tsx';
import type { PlayProps } from './play-props.ts';

/** A question and a field for its answer. */
export function Play(props: PlayProps) {
  const { words, state } = props;
  const { question } = state.look;
  return (
    <SaidForm {...props} question={question} label={words.riddleLabel} action={words.riddleAction} plain={false} />
  );
}
