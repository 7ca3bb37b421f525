import { Alert } from 'antd';
import type { ActivityNumbersAnswer } from '../../../http/contract/console-numbers.ts';
import { DataTable } from '../parts/data-table.tsx';
import { showCount, showShare } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { share } from './figures.tsx';

type OddsLine = ActivityNumbersAnswer['odds'][number];

/** Drawn tickets beside the stated odds, and whether the two part. Nothing where no lottery was drawn. */
export function OddsCard({ odds, nameOf }: { odds: readonly OddsLine[]; nameOf: (prizeId: string) => string }) {
  const { numbers: words } = useWords();
  if (odds.length === 0) return null;
  return (
    <section className="card stack">
      <div>
        <h2>{words.odds}</h2>
        <p className="quiet">{words.oddsLead}</p>
      </div>
      {odds.map((line) => (
        <OddsTable key={`${line.version} ${line.mechanic}`} line={line} nameOf={nameOf} />
      ))}
    </section>
  );
}

function OddsTable({ line, nameOf }: { line: OddsLine; nameOf: (prizeId: string) => string }) {
  const { numbers: words } = useWords();
  const { oddsColumns: columns } = words;
  const draws = showCount(line.draws);
  const title = `${words.version(line.version)}${line.mechanic === 'main' ? '' : ` · ${line.mechanic}`}`;
  return (
    <div className="stack">
      {line.strays ? (
        <Alert type="error" showIcon title={words.oddsStray(draws)} description={words.oddsStrayText} />
      ) : (
        <Alert
          type={line.test === null ? 'info' : 'success'}
          showIcon
          title={line.test === null ? words.oddsFew(draws) : words.oddsFair(draws)}
        />
      )}
      <DataTable
        label={`${words.odds}: ${title}`}
        rows={line.cells}
        keyOf={(cell) => cell.prizeId ?? ''}
        columns={[
          {
            key: 'prize',
            title: `${columns.prize} (${title})`,
            show: (cell) => (cell.prizeId === null ? words.blank : nameOf(cell.prizeId)),
          },
          {
            key: 'stated',
            title: columns.stated,
            number: true,
            show: (cell) => showShare(cell.tickets / cell.ofTickets),
          },
          {
            key: 'drawn',
            title: columns.drawn,
            number: true,
            show: (cell) => (line.draws === 0 ? '—' : share(cell.drawn, line.draws)),
          },
          { key: 'number', title: columns.number, number: true, show: (cell) => showCount(cell.drawn) },
        ]}
      />
    </div>
  );
}
