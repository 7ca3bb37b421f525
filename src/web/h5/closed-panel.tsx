/** @jsxImportSource preact */
import type { Closed } from './page-state.ts';
import type { Words } from './words.ts';

/** What stands in the play's place when there is nothing to play. */
export function ClosedPanel(props: { readonly closed: Closed; readonly awardsHref: string; readonly words: Words }) {
  const { title, text } = props.words.closed[props.closed];
  return (
    <section class={`sheet closed closed-${props.closed}`}>
      <span class="closed-mark" aria-hidden="true" />
      <h2>{title}</h2>
      <p>{text}</p>
      {props.closed !== 'snapshot' && (
        <a class="button" href={props.awardsHref}>
          {props.words.myAwards}
        </a>
      )}
    </section>
  );
}
