import { Alert } from 'antd';
import { useMemo } from 'react';
import type { ForecastAnswer, WatchedForecastAnswer } from '../../../http/contract/console-forecasts.ts';
import { DataTable } from '../parts/data-table.tsx';
import { showYuan } from '../parts/money.ts';
import { showCount, showMinute, showShare } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Chart } from './chart.tsx';
import type { Series } from './chart.tsx';
import { Figure } from './figures.tsx';
import './numbers.css';

const RED = '#9e1b2c';
const GOLD = '#b98422';
const SAND = '#d9c7a8';
const INK = '#1f5f4a';
const HOUR_MS = 3_600_000;
const POINTS_MAX = 240;

type Live = readonly WatchedForecastAnswer['live'][number][];

/** What an activity is likely to come to, charted, with what really came over it where there is any. */
export function ForecastView(props: { forecast: ForecastAnswer; live: Live; nameOf: (prizeId: string) => string }) {
  const { forecast, live, nameOf } = props;
  const { forecast: words } = useWords();
  return (
    <div className="stack">
      <ForecastFigures forecast={forecast} />
      <p className="quiet">
        {words.played(showCount(forecast.runs), showCount(forecast.simulatedFollowers))}
        {forecast.exact !== null && ` · ${words.exact(showYuan(Math.round(forecast.exact.costFen)))}`}
        {forecast.assumes.length > 0 &&
          ` · ${words.assumes}: ${forecast.assumes.map((one) => words.assumptions[one]).join(' · ')}`}
      </p>
      <CostChart forecast={forecast} />
      <Curve forecast={forecast} live={live} about="costFen" />
      <Curve forecast={forecast} live={live} about="draws" />
      <div className="halves-fit">
        <Winners forecast={forecast} />
        <Prizes forecast={forecast} nameOf={nameOf} />
      </div>
    </div>
  );
}

function ForecastFigures({ forecast }: { forecast: ForecastAnswer }) {
  const { forecast: words } = useWords();
  const { costs, soldOut } = forecast;
  const [early, middle, late] = soldOut.atMs.map(showMinute);
  const when =
    early === undefined || middle === undefined || late === undefined
      ? words.never
      : words.soldOutAt(early, middle, late);
  return (
    <div className="tiles tiles-fit">
      <Figure label={words.cost} note={words.costOf(showYuan(forecast.budgetFen))}>
        {showYuan(Math.round(forecast.meanCostFen))}
      </Figure>
      <Figure label={words.most} note={costs.estimated ? words.estimated : words.counted}>
        {showYuan(Math.round(costs.quantiles.at(-1)?.costFen ?? 0))}
      </Figure>
      <Figure label={words.budgetHit} note={words.budgetHitNote}>
        {showShare(forecast.budgetHitShare)}
      </Figure>
      <Figure label={words.soldOut} note={when}>
        {showShare(soldOut.share)}
      </Figure>
      <Figure label={words.draws} note={words.drawsNote(showCount(Math.round(forecast.wins)))}>
        {showCount(Math.round(forecast.draws))}
      </Figure>
    </div>
  );
}

/** How the runs' costs spread; of too few runs only what is estimated, as a table. */
function CostChart({ forecast: { costs } }: { forecast: ForecastAnswer }) {
  const { forecast: words } = useWords();
  const { labels, series } = useMemo(() => {
    const values = costs.bins.map((bin) => Math.round(bin.share * 1000) / 10);
    return {
      labels: costs.bins.map(({ fromFen }) => yuanOf(fromFen)),
      series: [{ name: words.share, kind: 'bar', color: GOLD, values } as const],
    };
  }, [costs, words]);
  return (
    <section className="card stack">
      <h2>{words.costChart}</h2>
      {costs.bins.length > 0 && <Chart name={words.costChart} labels={labels} series={series} />}
      <DataTable
        label={words.quantiles}
        rows={costs.quantiles}
        keyOf={({ permille }) => permille}
        columns={[
          { key: 'share', title: words.share, number: true, show: ({ permille }) => `${permille / 10}%` },
          { key: 'cost', title: words.quantiles, number: true, show: ({ costFen }) => showYuan(Math.round(costFen)) },
        ]}
      />
    </section>
  );
}

function Curve({ forecast, live, about }: { forecast: ForecastAnswer; live: Live; about: 'costFen' | 'draws' }) {
  const { forecast: words } = useWords();
  const { labels, series } = useMemo(() => {
    const every = Math.max(1, Math.ceil(forecast.hours.length / POINTS_MAX));
    const hours = forecast.hours.map((hour, index) => ({ untilMs: forecast.fromMs + (index + 1) * HOUR_MS, hour }));
    const points = hours.filter((_, index) => index % every === every - 1 || index === hours.length - 1);
    const shown = (value: number): number => (about === 'costFen' ? Math.round(value) / 100 : Math.round(value));
    const line = (name: string, color: string, values: readonly number[]): Series => ({
      name,
      kind: 'line',
      color,
      values,
    });
    const until = live.at(-1)?.untilMs ?? 0;
    const real = points
      .filter(({ untilMs }) => untilMs < until + every * HOUR_MS)
      .map(({ untilMs }) => shown(live.findLast((point) => point.untilMs <= untilMs)?.[about] ?? 0));
    return {
      labels: points.map(({ untilMs }) => showMinute(untilMs).slice(5)),
      series: [
        ...(live.length === 0 ? [] : [line(words.live, RED, real)]),
        line(
          words.high,
          SAND,
          points.map(({ hour }) => shown(hour[about].high)),
        ),
        line(
          words.mean,
          INK,
          points.map(({ hour }) => shown(hour[about].mean)),
        ),
        line(
          words.low,
          SAND,
          points.map(({ hour }) => shown(hour[about].low)),
        ),
      ],
    };
  }, [forecast, live, about, words]);
  const name = about === 'costFen' ? words.overTime : words.drawsOverTime;
  return (
    <section className="card">
      <h2>{name}</h2>
      <Chart name={name} labels={labels} series={series} />
    </section>
  );
}

function Winners({ forecast: { winsPerPerson } }: { forecast: ForecastAnswer }) {
  const { forecast: words } = useWords();
  const { labels, series } = useMemo(
    () => ({
      labels: winsPerPerson.map((_, wins) => words.times(wins)),
      series: [
        {
          name: words.people,
          kind: 'bar',
          color: RED,
          values: winsPerPerson.map((share) => Math.round(share * 10_000) / 100),
        } as const,
      ],
    }),
    [winsPerPerson, words],
  );
  return (
    <section className="card">
      <h2>{words.winners}</h2>
      <Chart name={words.winners} labels={labels} series={series} />
    </section>
  );
}

function Prizes({ forecast, nameOf }: { forecast: ForecastAnswer; nameOf: (prizeId: string) => string }) {
  const { forecast: words } = useWords();
  return (
    <section className="card">
      <h2>{words.prizes}</h2>
      <DataTable
        label={words.prizes}
        rows={forecast.prizes}
        keyOf={({ prizeId }) => prizeId}
        columns={[
          { key: 'prize', title: words.prize, show: ({ prizeId }) => nameOf(prizeId) },
          { key: 'stock', title: words.stock, number: true, show: ({ stock }) => showCount(stock) },
          {
            key: 'won',
            title: words.meanWon,
            number: true,
            show: ({ meanWon }) => String(Math.round(meanWon * 10) / 10),
          },
          { key: 'gone', title: words.gone, number: true, show: ({ goneShare }) => showShare(goneShare) },
        ]}
      />
    </section>
  );
}

/** Where what really came left the band, in words. */
export function StrayNotice({ watched }: { watched: WatchedForecastAnswer }) {
  const { forecast: words } = useWords();
  if (watched.kept === null || watched.live.length === 0) return null;
  if (watched.strays.length === 0) return <Alert type="success" showIcon title={words.within} />;
  const list = (
    <ul className="fault-list">
      {watched.strays.map(({ about, side, fromMs, toMs }) => (
        <li key={`${about} ${fromMs}`}>{words.stray[`${about} ${side}`](showMinute(fromMs), showMinute(toMs))}</li>
      ))}
    </ul>
  );
  return <Alert type="warning" showIcon title={words.strays} description={list} />;
}

function yuanOf(fen: number): string {
  return String(Math.round(fen) / 100);
}
