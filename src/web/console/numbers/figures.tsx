import type { ReactNode } from 'react';
import type { ActivityNumbersAnswer } from '../../../http/contract/console-numbers.ts';
import { showYuan } from '../parts/money.ts';
import { showCount, showShare } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';

const NOTHING = '—';

/** A number with its name above and what it means below. */
export function Figure({ label, note, children }: { label: string; note?: string | undefined; children: ReactNode }) {
  return (
    <div className="card tile">
      <p className="tile-label">{label}</p>
      <div className="tile-value">{children}</div>
      {note !== undefined && <p className="quiet">{note}</p>}
    </div>
  );
}

/** The numbers of a period at a glance. */
export function Figures({ answer }: { answer: ActivityNumbersAnswer }) {
  const { numbers: words } = useWords();
  const { participants, draws, wins, wonFen, packets } = answer;
  const each = (whole: number): number => Math.round((whole / Math.max(1, participants)) * 10) / 10;
  return (
    <div className="tiles tiles-five">
      <Figure label={words.participants} note={words.newcomers(showCount(answer.newcomers))}>
        {showCount(participants)}
      </Figure>
      <Figure label={words.draws} note={words.drawsEach(String(each(draws)))}>
        {showCount(draws)}
      </Figure>
      <Figure label={words.winRate} note={words.wins(showCount(wins))}>
        {draws === 0 ? NOTHING : share(wins, draws)}
      </Figure>
      <Figure label={words.won} note={words.costEach(showYuan(Math.round(wonFen / Math.max(1, participants))))}>
        {showYuan(wonFen)}
      </Figure>
      <Figure
        label={words.opened}
        note={
          packets.returned > 0
            ? words.returned(showCount(packets.returned), showYuan(packets.returnedFen))
            : words.openedOf(showCount(packets.opened), showCount(packets.sent))
        }
      >
        {packets.sent === 0 ? NOTHING : share(packets.opened, packets.sent)}
      </Figure>
    </div>
  );
}

/** How many of each step go on to the next. */
export function Funnel({ answer }: { answer: ActivityNumbersAnswer }) {
  const { numbers: words } = useWords();
  const refused = answer.refusals.reduce((sum, { number }) => sum + number, 0);
  const steps = [
    ['asked', answer.draws + refused],
    ['drawn', answer.draws],
    ['won', answer.wins],
    ['sent', answer.packets.sent],
    ['opened', answer.packets.opened],
  ] as const;
  const most = Math.max(1, answer.draws + refused);
  return (
    <section className="card">
      <h2>{words.funnel}</h2>
      <ol className="funnel">
        {steps.map(([step, number]) => (
          <li key={step}>
            <span>{words.steps[step]}</span>
            <span className="funnel-bar" aria-hidden="true">
              <span style={{ width: `${Math.max(number === 0 ? 0 : 1, (number / most) * 100)}%` }} />
            </span>
            <strong>{showCount(number)}</strong>
            <span className="quiet">{share(number, most)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** A part of a whole, to two digits of a percent. */
export function share(part: number, whole: number): string {
  return showShare(Math.round((part / whole) * 10_000) / 10_000);
}
