import { useEffect, useRef } from 'react';
import { showCount } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';

/** A line of a chart: bars of one colour, or a line. */
export interface Series {
  readonly name: string;
  readonly kind: 'bar' | 'line';
  readonly color: string;
  readonly values: readonly number[];
}

interface ChartProps {
  readonly name: string;
  readonly labels: readonly string[];
  readonly series: readonly Series[];
}

/** A chart that loads its drawing code when it is first shown. What it shows is told to a screen reader by its name. */
export function Chart({ name, labels, series }: ChartProps) {
  const { numbers } = useWords();
  const place = useRef<HTMLDivElement>(null);
  const most = Math.max(0, ...series.flatMap(({ values }) => values));
  useEffect(() => {
    let gone = false;
    let end = (): void => {};
    void import('./draw-chart.ts').then(({ drawChart }) => {
      if (!gone && place.current !== null) end = drawChart(place.current, { labels, series });
    });
    return () => {
      gone = true;
      end();
    };
  }, [labels, series]);
  return <div ref={place} className="chart" role="img" aria-label={numbers.chart(name, showCount(most))} />;
}
