/** @jsxImportSource preact */
import type { DrawAnswer } from '../../http/contract/activity-page.ts';
import { useEscape } from './use-escape.ts';
import type { Words } from './words.ts';

/** How a draw ended where the connection was lost before the card for it came. */
export function PlainResult(props: {
  readonly answer: DrawAnswer;
  readonly words: Words;
  readonly onClose: () => void;
}) {
  const { answer, words } = props;
  useEscape(props.onClose);
  return (
    <div class="veil">
      <div class="card" role="dialog" aria-modal="true" aria-label={answer.prizeName ?? answer.text}>
        <div class="card-body">
          <p class="card-text">{answer.text}</p>
          <div class="card-actions">
            <button class="button" type="button" ref={(button) => button?.focus()} onClick={props.onClose}>
              {words.close}
            </button>
          </div>
        </div>
      </div>
    </div>
  );
}
