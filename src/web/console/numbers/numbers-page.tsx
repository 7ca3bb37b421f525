import { useCallback, useMemo, useState } from 'react';
import type { AllNumbersAnswer } from '../../../http/contract/console-numbers.ts';
import { DataTable } from '../parts/data-table.tsx';
import { showYuan } from '../parts/money.ts';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showCount } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { Chart } from './chart.tsx';
import { Figure, share } from './figures.tsx';
import { everyDay, lastDays, PeriodChoice } from './period-choice.tsx';
import './numbers.css';

/** All activities over any period. */
export function NumbersPage() {
  const { numbers: words } = useWords();
  const { api } = useSession();
  const [period, setPeriod] = useState(() => lastDays(7));
  const load = useCallback(() => api.numbers.all(period), [api, period]);
  const { loaded, reload } = useLoaded(load);
  return (
    <>
      <div className="page-head">
        <h1>{words.title}</h1>
      </div>
      <div className="stack">
        <p className="quiet lead">{words.lead}</p>
        <PeriodChoice period={period} onChange={setPeriod} />
        <WhenLoaded loaded={loaded} onRetry={reload}>
          {(answer) =>
            answer.activities.length === 0 ? (
              <div className="card">
                <EmptyNotice title={words.empty} text={words.emptyText} />
              </div>
            ) : (
              <AllNumbers answer={answer} />
            )
          }
        </WhenLoaded>
      </div>
    </>
  );
}

function AllNumbers({ answer }: { answer: AllNumbersAnswer }) {
  const { numbers: words } = useWords();
  const { activities } = answer;
  const days = useMemo(() => everyDay(answer.period, answer.days), [answer]);
  const sum = (read: (one: (typeof activities)[number]) => number): number =>
    activities.reduce((total, one) => total + read(one), 0);
  const [draws, wins, wonFen] = [sum((one) => one.draws), sum((one) => one.wins), sum((one) => one.wonFen)];
  const labels = useMemo(() => days.map(({ day }) => day.slice(5)), [days]);
  const series = useMemo(
    () => [
      {
        name: words.columns.draws,
        kind: 'bar',
        color: '#9e1b2c',
        values: days.map(({ counted }) => counted?.draws ?? 0),
      } as const,
      {
        name: words.columns.people,
        kind: 'line',
        color: '#b98422',
        values: days.map(({ counted }) => counted?.participants ?? 0),
      } as const,
    ],
    [words, days],
  );
  return (
    <div className="stack">
      <div className="tiles tiles-four">
        <Figure label={words.draws}>{showCount(draws)}</Figure>
        <Figure label={words.winRate} note={words.wins(showCount(wins))}>
          {share(wins, Math.max(1, draws))}
        </Figure>
        <Figure label={words.won}>{showYuan(wonFen)}</Figure>
        <Figure label={words.activities}>{showCount(activities.length)}</Figure>
      </div>
      <section className="card">
        <h2>{words.days}</h2>
        <Chart name={words.days} labels={labels} series={series} />
      </section>
      <section className="card">
        <h2>{words.activities}</h2>
        <DataTable
          label={words.activities}
          rows={activities}
          keyOf={({ id }) => id}
          columns={[
            {
              key: 'activity',
              title: words.columns.activity,
              show: ({ id, name }) => <Link to={`/activities/${id}`}>{name}</Link>,
            },
            { key: 'people', title: words.columns.people, number: true, show: (row) => showCount(row.participants) },
            { key: 'draws', title: words.columns.draws, number: true, show: (row) => showCount(row.draws) },
            { key: 'wins', title: words.columns.wins, number: true, show: (row) => showCount(row.wins) },
            { key: 'won', title: words.columns.won, number: true, show: (row) => showYuan(row.wonFen) },
          ]}
        />
      </section>
    </div>
  );
}
