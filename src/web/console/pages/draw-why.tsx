import type { DrawLine } from '../../../http/contract/console-lists.ts';
import { CheckMark } from '../parts/marks.tsx';
import { showYuan } from '../parts/money.ts';
import { showTime } from '../parts/show.ts';
import { useSpeech, useWords } from '../state/language.tsx';
import type { Words } from '../words/words-zh.ts';

type Step = DrawLine['steps'][number];

/** Says in a sentence why a draw won nothing. */
export function whyOf(draw: DrawLine, words: Words): string {
  const why = draw.why ?? '';
  return words.why.lost[why] ?? words.why.refused[why] ?? why;
}

/** The whole decision, step by step, as support tells it to the follower. */
export function DrawWhy({ draw, nameOf }: { draw: DrawLine; nameOf: (prizeId: string) => string }) {
  const { words, language } = useSpeech();
  const { why } = words;
  const prize = draw.prizeId === null ? '' : nameOf(draw.prizeId);
  const amount = draw.amountFen === null || draw.amountFen === 0 ? '' : showYuan(draw.amountFen);
  return (
    <div className="stack">
      <p className={`verdict verdict-${draw.outcome}`}>
        {draw.outcome === 'won' ? why.won(prize, amount) : whyOf(draw, words)}
      </p>
      {draw.inShort !== null && (
        <p className="quiet">
          {words.tell}
          {words.colon}
          {draw.inShort[language]}
        </p>
      )}
      <WhySteps steps={draw.steps} nameOf={nameOf} />
      <dl className="facts-list">
        <dt>{why.time}</dt>
        <dd>{showTime(draw.atMs)}</dd>
        <dt>{why.person}</dt>
        <dd>
          <code>{draw.openid}</code>
        </dd>
        <dt>{why.request}</dt>
        <dd>
          <code>{draw.requestKey}</code>
        </dd>
        <dt>{why.version}</dt>
        <dd>{draw.ruleVersion}</dd>
      </dl>
    </div>
  );
}

/** Everything a decision looked at, in its order. */
export function WhySteps({ steps, nameOf }: { steps: readonly Step[]; nameOf: (prizeId: string) => string }) {
  const words = useWords();
  const { why } = words;
  return (
    <ol className="why-steps">
      {steps.filter(saysSomething).map((step, index) => (
        <li key={`${index} ${step.check}`}>
          <CheckMark passed={step.passed} />
          <span>
            {sayStep(step, words, nameOf)}
            <span className="sr-only">（{step.passed ? why.passed : why.failed}）</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

/** Early draws note for every way to win whether someone checked in today; only in a check-in does it matter. */
function saysSomething(step: Step, _: number, all: readonly Step[]): boolean {
  // Which way to win was played says something where one led to another.
  if (step.check === 'mechanic') return all.filter(({ check }) => check === 'mechanic').length > 1;
  return step.check !== 'checked-in-today' || step.seen !== null || !step.passed;
}

function sayStep(step: Step, words: Words, nameOf: (prizeId: string) => string): string {
  const { why } = words;
  const say = why.steps[step.check];
  const [seen, limit] = [step.seen, step.limit];
  if (say === undefined) return `${step.check}: ${seen ?? why.never} / ${limit ?? ''}`;
  switch (step.check) {
    case 'budget':
    case 'day-budget':
    case 'person-budget':
    case 'amount':
      return say(showYuan(Number(seen)), showYuan(Number(limit)));
    case 'nothing-left':
      return say(showYuan(Number(seen)), limit === null ? why.noPrize : showYuan(Number(limit)));
    case 'not-started':
    case 'ended':
      return say(showTime(Number(seen)), showTime(Number(limit)));
    case 'gone':
    case 'next':
      return say(nameOf(String(seen)), limit === null ? why.noPrize : nameOf(String(limit)));
    case 'redraw':
    case 'ticket':
      return say(String(seen), limit === 'blank' || limit === null ? why.blank : nameOf(String(limit)));
    case 'streak':
      return say(String(seen), limit === null ? why.noPrize : nameOf(String(limit)));
    default:
      return say(String(seen ?? why.never), String(limit ?? ''));
  }
}
