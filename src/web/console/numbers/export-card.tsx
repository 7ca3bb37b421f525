import { Button, Segmented } from 'antd';
import { useCallback, useState } from 'react';
import { DataTable } from '../parts/data-table.tsx';
import { WhenLoaded } from '../parts/notices.tsx';
import { showCount, showMinute } from '../parts/show.ts';
import { useSpeech, useWords } from '../state/language.tsx';
import type { Period } from '../state/numbers-api.ts';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { useRefresh } from '../state/use-refresh.ts';

const SUBJECTS = ['draws', 'awards', 'payouts', 'people'] as const;
const FORMATS = ['xlsx', 'csv'] as const;
const REFRESH_MS = 3000;

/** Takes rows away as files; the browser downloads by itself, so this page may be left meanwhile. */
export function ExportCard({ id, period }: { id: string; period: Period }) {
  const { language, words } = useSpeech();
  const { numbers } = words;
  const { api } = useSession();
  const [format, setFormat] = useState<(typeof FORMATS)[number]>('xlsx');
  return (
    <section className="card stack">
      <div>
        <h2>{numbers.export}</h2>
        <p className="quiet">{numbers.exportLead}</p>
      </div>
      <div className="export-line">
        <Segmented
          aria-label={numbers.exportFormat}
          value={format}
          onChange={setFormat}
          options={FORMATS.map((value) => ({ value, label: value === 'xlsx' ? 'Excel' : 'CSV' }))}
        />
        {SUBJECTS.map((subject) => (
          <Button key={subject} href={api.numbers.exportUrl(id, { subject, format, language, ...period })} download>
            {numbers.subjects[subject]}
          </Button>
        ))}
      </div>
      <LastExports id={id} />
    </section>
  );
}

function LastExports({ id }: { id: string }) {
  const words = useWords();
  const { numbers } = words;
  const { api } = useSession();
  const load = useCallback(() => api.numbers.exports(id), [api, id]);
  const { loaded, reload } = useLoaded(load);
  useRefresh(reload, REFRESH_MS);
  const { exportColumns: columns } = numbers;
  return (
    <WhenLoaded loaded={loaded} onRetry={reload}>
      {({ exports }) =>
        exports.length === 0 ? null : (
          <DataTable
            label={numbers.exported}
            rows={exports}
            keyOf={(row) => row.id}
            columns={[
              {
                key: 'what',
                title: columns.what,
                show: ({ subject, format, period }) =>
                  `${numbers.subjects[subject]} · ${format}${period === null ? '' : ` · ${period.from} – ${period.to}`}`,
              },
              { key: 'by', title: columns.by, show: (row) => row.askedByName ?? words.none },
              { key: 'at', title: columns.at, show: (row) => <time>{showMinute(row.beganAtMs)}</time> },
              { key: 'rows', title: columns.rows, number: true, show: (row) => showCount(row.rows) },
              { key: 'state', title: columns.state, show: (row) => numbers.exportStates[row.state] },
            ]}
          />
        )
      }
    </WhenLoaded>
  );
}
