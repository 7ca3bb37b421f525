import { useCallback, useMemo, useState } from 'react';
import type { ActivityNumbersAnswer } from '../../../http/contract/console-numbers.ts';
import { DataTable } from '../parts/data-table.tsx';
import { showYuan } from '../parts/money.ts';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showCount } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { Chart } from './chart.tsx';
import { ExportCard } from './export-card.tsx';
import { Figures, Funnel } from './figures.tsx';
import { OddsCard } from './odds-card.tsx';
import { everyDay, lastDays, PeriodChoice } from './period-choice.tsx';
import './numbers.css';

const RED = '#9e1b2c';
const GOLD = '#b98422';

/** One activity over any period: people, draws, money, ways in, odds, and all of it as files. */
export function NumbersTab({ id, nameOf }: { id: string; nameOf: (prizeId: string) => string }) {
  const { numbers: words } = useWords();
  const { api, may } = useSession();
  const [period, setPeriod] = useState(() => lastDays(7));
  const load = useCallback(() => api.numbers.activity(id, period), [api, id, period]);
  const { loaded, reload } = useLoaded(load);
  return (
    <div className="stack">
      <PeriodChoice period={period} onChange={setPeriod} />
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {(answer) =>
          answer.draws === 0 && answer.refusals.length === 0 ? (
            <div className="card">
              <EmptyNotice title={words.empty} text={words.emptyText} />
            </div>
          ) : (
            <div className="stack">
              <Figures answer={answer} />
              <TimeChart answer={answer} />
              <div className="halves">
                <Funnel answer={answer} />
                <Ways answer={answer} />
              </div>
              <OddsCard odds={answer.odds} nameOf={nameOf} />
              <Refusals answer={answer} />
            </div>
          )
        }
      </WhenLoaded>
      {may('activities.export') && <ExportCard id={id} period={period} />}
    </div>
  );
}

/** By hour within one day, by day over several. */
function TimeChart({ answer }: { answer: ActivityNumbersAnswer }) {
  const { numbers: words } = useWords();
  const oneDay = answer.period.from === answer.period.to;
  const { labels, draws, other } = useMemo(() => {
    if (!oneDay) {
      const days = everyDay(answer.period, answer.days);
      return {
        labels: days.map(({ day }) => day.slice(5)),
        draws: days.map(({ counted }) => counted?.draws ?? 0),
        other: days.map(({ counted }) => counted?.participants ?? 0),
      };
    }
    const hours = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
    const at = (hour: string) => answer.hours.find((one) => one.hour === hour);
    return {
      labels: hours,
      draws: hours.map((hour) => at(hour)?.draws ?? 0),
      other: hours.map((hour) => at(hour)?.wins ?? 0),
    };
  }, [answer, oneDay]);
  const series = useMemo(
    () => [
      { name: words.columns.draws, kind: 'bar', color: RED, values: draws } as const,
      {
        name: oneDay ? words.columns.wins : words.columns.people,
        kind: oneDay ? 'bar' : 'line',
        color: GOLD,
        values: other,
      } as const,
    ],
    [words, draws, other, oneDay],
  );
  const name = oneDay ? words.hours : words.days;
  return (
    <section className="card">
      <h2>{name}</h2>
      <Chart name={name} labels={labels} series={series} />
    </section>
  );
}

function Ways({ answer: { ways } }: { answer: ActivityNumbersAnswer }) {
  const { numbers: words } = useWords();
  const { columns } = words;
  const nameOf = (way: string): string => {
    const [kind = '', ...rest] = way.split('/');
    const name = words.wayKinds[kind] ?? kind;
    return rest.length === 0 ? name : `${name} · ${rest.join('/')}`;
  };
  return (
    <section className="card">
      <h2>{words.ways}</h2>
      <p className="quiet">{ways.length === 0 ? words.noWays : words.waysHint}</p>
      {ways.length > 0 && (
        <DataTable
          label={words.ways}
          rows={ways}
          keyOf={({ way }) => way}
          columns={[
            { key: 'way', title: columns.way, show: ({ way }) => nameOf(way) },
            { key: 'draws', title: columns.draws, number: true, show: (row) => showCount(row.draws) },
            { key: 'wins', title: columns.wins, number: true, show: (row) => showCount(row.wins) },
            { key: 'won', title: columns.won, number: true, show: (row) => showYuan(row.wonFen) },
          ]}
        />
      )}
    </section>
  );
}

function Refusals({ answer: { refusals } }: { answer: ActivityNumbersAnswer }) {
  const words = useWords();
  const { numbers, why: reasons } = words;
  if (refusals.length === 0) return null;
  return (
    <section className="card">
      <h2>{numbers.refusals}</h2>
      <DataTable
        label={numbers.refusals}
        rows={refusals}
        keyOf={({ why }) => why}
        columns={[
          { key: 'why', title: numbers.columns.why, show: ({ why }) => reasons.refused[why] ?? why },
          { key: 'number', title: numbers.columns.number, number: true, show: (row) => showCount(row.number) },
        ]}
      />
    </section>
  );
}
