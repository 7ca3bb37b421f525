/** @jsxImportSource preact */
import type { ActivityPageState } from '../../http/contract/activity-page.ts';
import type { BeginDraw } from './use-draw.ts';
import type { Words } from './words.ts';

/** Chances that the page's play gave, to be spent right here. Nothing where it gives none. */
export function Earned(props: {
  readonly state: ActivityPageState;
  readonly busy: boolean;
  readonly words: Words;
  readonly onDraw: BeginDraw;
}) {
  const { words, busy, onDraw } = props;
  const { earned } = props.state.person;
  if (earned === null || props.state.phase !== 'open') return null;
  return (
    <section class="sheet earned">
      <p>{words.earned(earned.chances)}</p>
      {earned.chances > 0 && (
        <button
          class="button button-small"
          type="button"
          aria-disabled={busy}
          onClick={busy ? undefined : () => onDraw(undefined, earned.to)}
        >
          {words.earnedDraw}
        </button>
      )}
    </section>
  );
}
