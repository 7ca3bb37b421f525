/** @jsxImportSource preact */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { DrawAnswer } from '../../http/contract/activity-page.ts';
import type { Language } from '../shared/language.ts';
import { formatYuan } from '../shared/format-yuan.ts';
import { FollowCode } from './follow-code.tsx';
import { useEscape } from './use-escape.ts';
import type { Words } from './words.ts';

/** What a card that tells a result is told itself. */
export interface ResultCardProps {
  readonly answer: DrawAnswer;
  readonly chancesLeft: number | null;
  readonly mayDrawAgain: boolean;
  readonly awardsHref: string;
  readonly slug: string;
  readonly language: Language;
  readonly words: Words;
  readonly onClose: () => void;
  readonly onAgain: () => void;
}

/** How the draw ended and what happens next. A dialog: it takes the focus, holds it, and Escape closes it. */
export function ResultCard(props: ResultCardProps) {
  const card = useRef<HTMLDivElement>(null);
  // Before it is painted: a key pressed as soon as it is seen is meant for it.
  useLayoutEffect(() => {
    card.current?.querySelector<HTMLElement>('button')?.focus();
  }, []);
  useEscape(props.onClose);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Tab') keepFocusInside(card.current, event);
  };
  const { answer, words } = props;
  const won = answer.outcome === 'won';
  return (
    <div class="veil" onKeyDown={onKeyDown}>
      {won && <Confetti />}
      <div
        ref={card}
        class={`card card-${answer.outcome}`}
        role="dialog"
        aria-modal="true"
        aria-labelledby="card-title"
      >
        <div class="card-head">
          <h2 id="card-title">{title(answer, words)}</h2>
          {won && answer.amountFen > 0 && (
            <p class="card-amount">
              {formatYuan(answer.amountFen)}
              <span>{words.yuan}</span>
            </p>
          )}
          {won && <p class={answer.amountFen > 0 ? 'card-prize' : 'card-prize card-prize-alone'}>{answer.prizeName}</p>}
        </div>
        <div class="card-body">
          <p class="card-text">{answer.text}</p>
          {answer.hint && !namesWhy(answer, words) && <p class="card-next">{answer.hint[props.language]}</p>}
          {won && <NextSteps amountFen={answer.amountFen} words={words} />}
          {answer.why === 'not-eligible' && <FollowCode slug={props.slug} words={words} />}
          {!won && props.chancesLeft !== null && props.chancesLeft > 0 && (
            <p class="card-chances">{words.chances(props.chancesLeft)}</p>
          )}
          <Actions {...props} />
        </div>
      </div>
    </div>
  );
}

function Actions({ answer, mayDrawAgain, awardsHref, words, onClose, onAgain }: ResultCardProps) {
  return (
    <div class="card-actions">
      {mayDrawAgain && answer.outcome !== 'refused' ? (
        <>
          <button class="button" type="button" onClick={onAgain}>
            {words.again}
          </button>
          <button class="button button-quiet" type="button" onClick={onClose}>
            {words.close}
          </button>
        </>
      ) : (
        <button class="button" type="button" onClick={onClose}>
          {words.close}
        </button>
      )}
      {answer.outcome === 'won' && (
        <a class="card-link" href={awardsHref}>
          {words.myAwards}
        </a>
      )}
    </div>
  );
}

function NextSteps({ amountFen, words }: { amountFen: number; words: Words }) {
  if (amountFen === 0) return <p class="card-next">{words.nextGift}</p>;
  return (
    <ol class="steps">
      {words.nextPacket.map((step) => (
        <li key={step}>{step}</li>
      ))}
    </ol>
  );
}

/** Paper snippets; the style sheet lets them fall, or hides them from people who want less motion. */
function Confetti() {
  return (
    <div class="confetti" aria-hidden="true">
      {Array.from({ length: 18 }, (_, index) => (
        <i key={index} />
      ))}
    </div>
  );
}

function title(answer: DrawAnswer, words: Words): string {
  const why = answer.why ?? '';
  switch (answer.outcome) {
    case 'won':
      return words.wonTitle;
    case 'lost':
      return words.lostTitles[why] ?? words.lostTitle;
    case 'refused':
      return words.refusedTitles[why] ?? words.refusedTitle;
  }
}

/** True where the title says already why nothing was won; who may not take part is told a little more. */
function namesWhy({ why }: DrawAnswer, words: Words): boolean {
  return why !== null && why !== 'not-eligible' && (why in words.lostTitles || why in words.refusedTitles);
}

function keepFocusInside(card: HTMLElement | null, event: KeyboardEvent): void {
  const stops = card === null ? [] : Array.from(card.querySelectorAll<HTMLElement>('button, a[href]'));
  const first = stops[0];
  const last = stops[stops.length - 1];
  if (first === undefined || last === undefined) return;
  if (event.shiftKey && document.activeElement === first) {
    event.preventDefault();
    last.focus();
  } else if (!event.shiftKey && document.activeElement === last) {
    event.preventDefault();
    first.focus();
  }
}
