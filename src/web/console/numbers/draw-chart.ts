import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Series } from './chart.tsx';

const INK = '#5b5149';
const LINE = '#e7e0da';

/** Draws bars and lines into an element, as SVG. Returns what takes it away again. */
export function drawChart(
  place: HTMLElement,
  { labels, series }: { readonly labels: readonly string[]; readonly series: readonly Series[] },
): () => void {
  use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer]);
  const chart = init(place, null, { renderer: 'svg' });
  // By name: what is inherited cannot be measured, and a legend measured too short is cut off.
  const { fontFamily } = getComputedStyle(place);
  chart.setOption({
    animation: false,
    textStyle: { color: INK, fontFamily },
    grid: { left: 8, right: 8, top: 36, bottom: 4, containLabel: true },
    legend: {
      top: 0,
      right: 0,
      icon: 'roundRect',
      itemWidth: 12,
      itemHeight: 8,
      textStyle: { color: INK, fontFamily },
    },
    tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' } },
    xAxis: {
      type: 'category',
      data: [...labels],
      axisTick: { show: false },
      axisLine: { lineStyle: { color: LINE } },
      axisLabel: { color: INK },
    },
    yAxis: { type: 'value', minInterval: 1, splitLine: { lineStyle: { color: LINE } }, axisLabel: { color: INK } },
    series: series.map(({ name, kind, color, values }) => ({
      name,
      type: kind,
      data: [...values],
      color,
      barMaxWidth: 28,
      barGap: '-100%',
      itemStyle: kind === 'bar' ? { borderRadius: [4, 4, 0, 0] } : {},
      symbolSize: 6,
      lineStyle: { width: 2 },
    })),
  });
  const fit = new ResizeObserver(() => chart.resize());
  fit.observe(place);
  return () => {
    fit.disconnect();
    chart.dispose();
  };
}
