import { Checkbox, Drawer } from 'antd';
import { useCallback, useState } from 'react';
import type { BatchAnswer, BatchLinesAnswer } from '../../../http/contract/console-batches.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ListMore } from '../parts/list-more.tsx';
import { showYuan } from '../parts/money.ts';
import { WhenLoaded } from '../parts/notices.tsx';
import { showCount } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { usePages } from '../state/use-pages.ts';

type Line = BatchLinesAnswer['rows'][number];

/** The lines of a list, page by page, with what became of each. */
export function BatchLines({ id, batch, onClose }: { id: string; batch: BatchAnswer; onClose: () => void }) {
  const { batches: words } = useWords();
  const { api } = useSession();
  const [isFaulty, setFaulty] = useState(false);
  const load = useCallback(
    async (after: string | null) => {
      const only = isFaulty ? 'faulty' : 'all';
      const { rows, next } = await api.operations.batchLines(id, batch.id, { after, only });
      return { rows, next: next === null ? null : String(next) };
    },
    [api, id, batch.id, isFaulty],
  );
  const pages = usePages(load);
  return (
    <Drawer open title={words.linesTitle} size={720} onClose={onClose}>
      <div className="stack">
        <Checkbox checked={isFaulty} onChange={(event) => setFaulty(event.target.checked)}>
          {words.onlyFaulty}
        </Checkbox>
        <WhenLoaded loaded={pages.loaded} onRetry={pages.reload}>
          {() => (
            <>
              <LineTable rows={pages.rows} />
              <ListMore {...pages} count={pages.rows.length} />
            </>
          )}
        </WhenLoaded>
      </div>
    </Drawer>
  );
}

function LineTable({ rows }: { rows: readonly Line[] }) {
  const { batches: words, none } = useWords();
  const { lineColumns } = words;
  return (
    <DataTable
      label={words.linesTitle}
      rows={rows}
      keyOf={({ line }) => line}
      columns={[
        { key: 'line', title: lineColumns.line, number: true, show: ({ line }) => showCount(line) },
        {
          key: 'openid',
          title: lineColumns.openid,
          show: ({ openid }) => (openid === '' ? none : <code>{openid}</code>),
        },
        { key: 'end', title: lineColumns.end, show: (row) => <LineEnd row={row} /> },
        {
          key: 'amount',
          title: lineColumns.amount,
          number: true,
          show: ({ outcome, amountFen }) => (outcome === 'won' ? showYuan(amountFen) : none),
        },
      ]}
    />
  );
}

function LineEnd({ row: { fault, outcome } }: { row: Line }) {
  const { batches: words } = useWords();
  if (fault !== null) return <span className="text-bad">{words.faults[fault]}</span>;
  return <>{outcome === null ? words.notYet : words.lineOutcomes[outcome]}</>;
}
