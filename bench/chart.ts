import type { Figure } from './http/figure.ts';
import type { Machine } from './machine.ts';

const WIDTH = 860;
const ROW = 34;
const LABEL = 470;
const BAR = 290;

/** Draws every figure that had something to reach as a bar: the line in the middle is what it was to reach. */
export function drawChart(figures: readonly Figure[], machine: Machine): string {
  const shown = figures.filter(({ atLeast, atMost }) => (atLeast ?? atMost ?? 0) > 0);
  const height = 70 + shown.length * ROW;
  const rows = shown.map((figure, index) => row(figure, 56 + index * ROW)).join('\n');
  const caption = `Node ${machine.node}, PostgreSQL ${machine.postgres}, ${machine.cores} cores ${machine.cpu}: load, service and database share them`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13">
<rect width="${WIDTH}" height="${height}" fill="#fff"/>
<text x="12" y="22" font-size="15" font-weight="600">Draws: measured beside what was to be reached (the line; longer is better)</text>
<text x="12" y="40" fill="#666" font-size="11">${escaped(caption)}</text>
${rows}
</svg>
`;
}

/** A bar is as long as the figure is better than its aim: half the width reaches it, the whole is twice as good. */
function row({ part, what, value, unit, atLeast, atMost }: Figure, y: number): string {
  const times = atLeast === undefined ? (atMost ?? 1) / Math.max(value, 1e-9) : value / atLeast;
  const length = Math.round((Math.min(times, 2) / 2) * BAR);
  const colour = times >= 1 ? '#2f8f5b' : '#c8472f';
  const number = `${value >= 100 ? value.toFixed(0) : value.toFixed(2)} ${unit}`.trim();
  const middle = LABEL + BAR / 2;
  return `<text x="12" y="${y + 15}">${escaped(`${part}  ${what}`)}</text>
<rect x="${LABEL}" y="${y + 2}" width="${length}" height="18" fill="${colour}" rx="2"/>
<line x1="${middle}" x2="${middle}" y1="${y - 2}" y2="${y + 24}" stroke="#333" stroke-dasharray="2 2"/>
<text x="${LABEL + BAR + 8}" y="${y + 15}">${escaped(number)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
