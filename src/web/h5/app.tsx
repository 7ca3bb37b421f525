/** @jsxImportSource preact */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ActivityPageState, DrawAnswer } from '../../http/contract/activity-page.ts';
import { formatYuan } from '../shared/format-yuan.ts';
import { otherLanguageHref } from '../shared/language.ts';
import type { Language } from '../shared/language.ts';
import { ClosedPanel } from './closed-panel.tsx';
import { Countdown } from './countdown.tsx';
import { readState } from './draw-client.ts';
import { DrawNotice, noticeText } from './draw-notice.tsx';
import { Earned } from './earned.tsx';
import { PersonLine } from './person-line.tsx';
import { closedBy } from './page-state.ts';
import { PlayPlace } from './play-place.tsx';
import { Prizes } from './prizes.tsx';
import type { ResultCardProps } from './result-card.tsx';
import { PlainResult } from './plain-result.tsx';
import { useDraw } from './use-draw.ts';
import type { DrawControl, DrawStage } from './use-draw.ts';
import { useLater } from './use-later.ts';
import type { Words } from './words.ts';

interface AppProps {
  readonly first: ActivityPageState;
  readonly language: Language;
  readonly words: Words;
}

/** Plays that ask for something before each draw. */
const ASKING: readonly string[] = ['code', 'riddle'];

/** The whole activity page: what it is, the play, the result, the prizes. */
export function App({ first, language, words }: AppProps) {
  const [aheadMs] = useState(() => first.nowMs - Date.now());
  const draw = useDraw(first.slug);
  const { stage } = draw;
  const later = useLater();
  const Card: ComponentType<ResultCardProps> = later?.ResultCard ?? PlainResult;
  const { state, setState, readAfter } = useStateKeptFresh(first, stage);
  useEffect(() => goOn(first, draw), []);
  const may = mayDraw(state);
  const closed = closedBy(state);
  const answer = stage.kind === 'revealing' || stage.kind === 'shown' ? stage.answer : null;
  const busy = stage.kind === 'asking' || stage.kind === 'revealing';
  const awardsHref = `/me/awards?account=${state.account}${language === 'en' ? '&lang=en' : ''}`;
  // What was drawn is shown to the end, whatever became of the activity meanwhile.
  const waitsForAnswer = stage.kind !== 'idle' && stage.kind !== 'fault';
  // Everyone's countdown ends in the same second: nobody asks the server for what all of them know.
  const open = () => setState({ ...state, phase: 'open' });
  const close = () => {
    draw.close();
    focusPlay();
  };
  return (
    <>
      <main class="page" inert={stage.kind === 'shown'}>
        <Head state={state} aheadMs={aheadMs} words={words} onOpen={open} />
        {closed !== null && !waitsForAnswer ? (
          <ClosedPanel closed={closed} awardsHref={awardsHref} words={words} />
        ) : (
          <PlayPlace
            state={state}
            answer={answer}
            busy={busy}
            disabled={!may}
            words={words}
            onDraw={draw.begin}
            onRevealed={draw.revealed}
          />
        )}
        <DrawNotice
          stage={stage}
          slug={state.slug}
          words={words}
          onGoOn={() => draw.begin()}
          onReload={() => location.reload()}
        />
        {closed === null && <Earned state={state} busy={busy} words={words} onDraw={draw.begin} />}
        {later !== null && <later.MoreChances state={state} words={words} />}
        <Prizes state={state} words={words} />
        {later !== null && <later.Winners slug={state.slug} aheadMs={aheadMs} words={words} />}
        <Foot state={state} awardsHref={awardsHref} language={language} words={words} />
      </main>
      <p class="heard" role="status" aria-live="assertive">
        {announcement(stage, words)}
      </p>
      {stage.kind === 'shown' && (
        <Card
          answer={stage.answer}
          chancesLeft={readAfter === stage.answer ? state.person.chancesLeft : null}
          mayDrawAgain={may && state.mechanic === 'lottery' && !ASKING.includes(state.look.play)}
          awardsHref={awardsHref}
          slug={state.slug}
          language={language}
          words={words}
          onClose={close}
          onAgain={() => draw.begin()}
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

/** A draw that was begun before the page was opened anew ends as it was decided. */
function goOn({ phase, person }: ActivityPageState, draw: DrawControl): void {
  if (draw.unanswered && phase === 'open' && !person.snapshot) draw.begin();
}

function mayDraw(state: ActivityPageState): boolean {
  return state.phase === 'open' && !state.person.snapshot && state.person.chancesLeft !== 0;
}

/** The dialog had the focus; without this a keyboard starts again at the top of the page. */
function focusPlay(): void {
  setTimeout(() => document.querySelector<HTMLElement>('.play-action')?.focus(), 0);
}

interface HeadProps {
  readonly state: ActivityPageState;
  readonly aheadMs: number;
  readonly words: Words;
  readonly onOpen: () => void;
}

function Head(props: HeadProps) {
  const { look } = props.state;
  return (
    <>
      <header class="head">
        {look.logo !== null && <img class="logo" src={look.logo} alt="" />}
        <h1>{look.title}</h1>
        {look.subtitle !== null && <p class="subtitle">{look.subtitle}</p>}
        <Status {...props} />
      </header>
      {look.picture !== null && <img class="picture" src={look.picture} alt="" />}
    </>
  );
}

function Foot(props: {
  readonly state: ActivityPageState;
  readonly awardsHref: string;
  readonly language: Language;
  readonly words: Words;
}) {
  const { state, language, words } = props;
  return (
    <footer class="foot">
      {state.look.organiser !== null && <p class="organiser">{words.organiser(state.look.organiser)}</p>}
      <PersonLine state={state} language={language} words={words} />
      <a href={props.awardsHref}>{words.myAwards}</a>
      <a href={`/a/${state.slug}/rules${language === 'en' ? '?lang=en' : ''}`}>{words.rules}</a>
      <a href={otherLanguageHref(language)}>{words.otherLanguage}</a>
    </footer>
  );
}

/** The line below the title: how many chances, or why there is nothing to draw. */
function Status(props: HeadProps) {
  const { state, words } = props;
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
  if (closedBy(state) !== null) return null;
  return <p class="pill">{chancesText(state, words)}</p>;
}

function chancesText({ mechanic, person }: ActivityPageState, words: Words): string {
  const { chancesLeft } = person;
  if (mechanic === 'check-in') return chancesLeft === 0 ? words.checkInDone : words.checkInOpen;
  if (chancesLeft === null) return words.chancesFree;
  return chancesLeft === 0 ? words.chancesNone : words.chances(chancesLeft);
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
