/** @jsxImportSource preact */
import { SaidForm } from '../said-form.tsx';
import type { PlayProps } from './play-props.ts';

/** A field for the code on a card, a bottle cap or a receipt. */
export function Play(props: PlayProps) {
  const { words } = props;
  return <SaidForm {...props} question={null} label={words.codeLabel} action={words.codeAction} plain={true} />;
}
