/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import type { ActivityPageState, DrawAnswer } from '../../http/contract/activity-page.ts';
import { formatYuan } from '../shared/format-yuan.ts';
import { otherLanguageHref } from '../shared/language.ts';
import type { Language } from '../shared/language.ts';
import { Countdown } from './countdown.tsx';
import { readState } from './draw-client.ts';
import { DrawNotice, noticeText } from './draw-notice.tsx';
import { PersonLine } from './person-line.tsx';
import { PacketPlay, WheelPlay } from './plays.tsx';
import { ResultCard } from './result-card.tsx';
import { useDraw } from './use-draw.ts';
import type { DrawStage } from './use-draw.ts';
import type { Words } from './words.ts';

interface AppProps {
  readonly first: ActivityPageState;
  readonly language: Language;
  readonly words: Words;
}

/** The whole activity page: what it is, the play, the result, the prizes. */
export function App({ first, language, words }: AppProps) {
  const [aheadMs] = useState(() => first.nowMs - Date.now());
  const draw = useDraw(first.slug);
  const { stage } = draw;
  const { state, setState, readAfter } = useStateKeptFresh(first, stage);
  useEffect(() => {
    if (draw.unanswered && first.phase === 'open' && !first.person.snapshot) draw.begin();
  }, []);
  const may = mayDraw(state);
  const Play = state.mechanic === 'lottery' ? WheelPlay : PacketPlay;
  const answer = stage.kind === 'revealing' || stage.kind === 'shown' ? stage.answer : null;
  const awardsHref = `/me/awards?account=${state.account}${language === 'en' ? '&lang=en' : ''}`;
  const close = () => {
    draw.close();
    // The dialog had the focus; without this a keyboard starts again at the top of the page.
    setTimeout(() => document.querySelector<HTMLElement>('.hub')?.focus(), 0);
  };
  return (
    <>
      <main class="page" inert={stage.kind === 'shown'}>
        <header class="head">
          <h1>{state.name}</h1>
          <Status
            state={state}
            aheadMs={aheadMs}
            words={words}
            // Everyone's countdown ends in the same second: nobody asks the server for what all of them know.
            onOpen={() => setState({ ...state, phase: 'open' })}
          />
        </header>
        <Play
          state={state}
          answer={answer}
          busy={stage.kind === 'asking' || stage.kind === 'revealing'}
          disabled={!may}
          words={words}
          onDraw={draw.begin}
          onRevealed={draw.revealed}
        />
        <DrawNotice stage={stage} words={words} onGoOn={draw.begin} onReload={() => location.reload()} />
        <Prizes state={state} words={words} />
        <footer class="foot">
          <PersonLine state={state} language={language} words={words} />
          <a href={awardsHref}>{words.myAwards}</a>
          <a href={otherLanguageHref(language)}>{words.otherLanguage}</a>
        </footer>
      </main>
      <p class="heard" role="status" aria-live="assertive">
        {announcement(stage, words)}
      </p>
      {stage.kind === 'shown' && (
        <ResultCard
          answer={stage.answer}
          chancesLeft={readAfter === stage.answer ? state.person.chancesLeft : null}
          mayDrawAgain={may && state.mechanic === 'lottery'}
          awardsHref={awardsHref}
          words={words}
          onClose={close}
          onAgain={draw.begin}
        />
      )}
    </>
  );
}

/**
 * Reads the state again after a draw, and when the back button brings the page back as it was left. `readAfter`: the
 * answer the state was read after; before that it says how many chances there were, not how many are left.
 */
function useStateKeptFresh(first: ActivityPageState, stage: DrawStage) {
  const [state, setState] = useState(first);
  const [readAfter, setReadAfter] = useState<DrawAnswer | null>(null);
  const refresh = async (answer: DrawAnswer | null) => {
    const next = await readState(first.slug);
    if (next === undefined) return;
    setState(next);
    setReadAfter(answer);
  };
  useEffect(() => {
    const onShow = (event: PageTransitionEvent) => void (event.persisted && refresh(null));
    addEventListener('pageshow', onShow);
    return () => removeEventListener('pageshow', onShow);
  }, []);
  useEffect(() => {
    if (stage.kind === 'shown') void refresh(stage.answer);
  }, [stage.kind]);
  return { state, setState, readAfter };
}

function mayDraw(state: ActivityPageState): boolean {
  return state.phase === 'open' && !state.person.snapshot && state.person.chancesLeft !== 0;
}

/** The line below the title: how many chances, or why there is nothing to draw. */
function Status(props: {
  readonly state: ActivityPageState;
  readonly aheadMs: number;
  readonly words: Words;
  readonly onOpen: () => void;
}) {
  const { state, words } = props;
  const { person } = state;
  if (state.phase === 'not-started') {
    return (
      <>
        <p class="pill">{words.notStarted}</p>
        <Countdown
          untilMs={state.startsAtMs ?? state.nowMs}
          aheadMs={props.aheadMs}
          words={words}
          onZero={props.onOpen}
        />
      </>
    );
  }
  if (state.phase === 'ended') return <p class="pill">{words.ended}</p>;
  if (state.phase === 'paused') return <p class="pill">{words.paused}</p>;
  if (state.phase === 'stopped') return <p class="pill">{words.stopped}</p>;
  if (person.snapshot) return <p class="pill">{words.snapshot}</p>;
  return <p class="pill">{chancesText(state, words)}</p>;
}

function chancesText({ mechanic, person }: ActivityPageState, words: Words): string {
  const { chancesLeft } = person;
  if (mechanic === 'check-in') return chancesLeft === 0 ? words.checkInDone : words.checkInOpen;
  if (chancesLeft === null) return words.chancesFree;
  return chancesLeft === 0 ? words.chancesNone : words.chances(chancesLeft);
}

function Prizes({ state, words }: { state: ActivityPageState; words: Words }) {
  const { last } = state.person;
  return (
    <section class="prizes" aria-labelledby="prizes-title">
      <h2 id="prizes-title">{words.prizes}</h2>
      <ul>
        {state.prizes.map((prize) => (
          <li key={prize.id} class={prize.soldOut ? 'prize prize-gone' : 'prize'}>
            <span class={prize.amountFen > 0 ? 'prize-mark' : 'prize-mark prize-mark-gift'} aria-hidden="true" />
            <span class="prize-name">{prize.name}</span>
            <span class="prize-worth">
              {prize.soldOut
                ? words.soldOut
                : prize.amountFen > 0
                  ? `${formatYuan(prize.amountFen)} ${words.yuan}`
                  : ''}
            </span>
          </li>
        ))}
      </ul>
      {last !== null && (
        <p class="last">
          {words.last}：{last.outcome === 'won' ? words.lastWon(last.prizeName ?? '') : words.lastLost}
        </p>
      )}
    </section>
  );
}

function announcement(stage: DrawStage, words: Words): string {
  switch (stage.kind) {
    case 'idle':
      return '';
    case 'asking':
      return noticeText(stage, words) ?? words.asking;
    case 'revealing':
      return words.spinning;
    case 'shown': {
      const { answer } = stage;
      if (answer.outcome !== 'won') return answer.text;
      return words.announceWon(answer.prizeName ?? '', answer.amountFen > 0 ? formatYuan(answer.amountFen) : '');
    }
    case 'gave-up':
    case 'fault':
      return noticeText(stage, words) ?? '';
  }
}
