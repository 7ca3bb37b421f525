import { Button } from 'antd';
import { useCallback, useState } from 'react';
import type { BatchAnswer } from '../../../http/contract/console-batches.ts';
import { Bar } from '../parts/activity-marks.tsx';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { ListMore } from '../parts/list-more.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showCount, showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { batchFileUrl } from '../state/operations-api.ts';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { usePages } from '../state/use-pages.ts';
import { useRefresh } from '../state/use-refresh.ts';
import { BatchLines } from './batch-lines.tsx';
import { NewBatch } from './new-batch.tsx';

const LOOK_EVERY_MS = 3000;

/** Lists of people who draw as if they came themselves, with how far each is. */
export function BatchesTab({ id, account }: { id: string; account: string }) {
  const { batches: words } = useWords();
  const { api, may } = useSession();
  const load = useCallback((after: string | null) => api.operations.batches(id, after), [api, id]);
  const pages = usePages(load);
  const { loaded, reload } = pages;
  const [adding, setAdding] = useState(false);
  const isRunning = loaded.state === 'ready' && loaded.data.rows.some(({ state }) => state === 'running');
  // Looking again begins with the first page: whoever reads older ones is left alone.
  const isNewest = loaded.state === 'ready' && pages.rows.length === loaded.data.rows.length;
  useRefresh(
    useCallback(() => isRunning && isNewest && reload(), [isRunning, isNewest, reload]),
    LOOK_EVERY_MS,
  );
  const add = may('activities.batch') && (
    <Button type="primary" onClick={() => setAdding(true)}>
      {words.add}
    </Button>
  );
  return (
    <section className="card stack">
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {() =>
          pages.rows.length === 0 ? (
            <EmptyNotice title={words.empty} text={words.emptyText} action={add} />
          ) : (
            <>
              <div className="list-tools">
                <p className="quiet">{words.lead}</p>
                {add}
              </div>
              <BatchTable id={id} rows={pages.rows} onChanged={reload} />
              {pages.hasMore && <ListMore {...pages} count={pages.rows.length} />}
            </>
          )
        }
      </WhenLoaded>
      {adding && <NewBatch id={id} account={account} onClose={() => setAdding(false)} onPrepared={reload} />}
    </section>
  );
}

interface TableProps {
  readonly id: string;
  readonly rows: readonly BatchAnswer[];
  readonly onChanged: () => void;
}

function BatchTable({ id, rows, onChanged }: TableProps) {
  const { batches: words } = useWords();
  const { columns } = words;
  return (
    <DataTable
      label={words.tab}
      rows={rows}
      keyOf={(row) => row.id}
      columns={[
        {
          key: 'when',
          title: columns.when,
          show: ({ preparedAtMs, note }) => (
            <>
              <time>{showMinute(preparedAtMs)}</time>
              {note !== '' && <p className="quiet">{note}</p>}
            </>
          ),
        },
        {
          key: 'state',
          title: columns.state,
          show: ({ state, reason }) => (
            <>
              {words.states[state]}
              {reason !== null && <p className="text-bad">{reason}</p>}
            </>
          ),
        },
        { key: 'people', title: columns.people, show: (row) => <People batch={row} /> },
        {
          key: 'outcomes',
          title: columns.outcomes,
          show: ({ outcomes: { won, lost, refused } }) =>
            words.outcomes(showCount(won), showCount(lost), showCount(refused)),
        },
        {
          key: 'actions',
          title: columns.actions,
          show: (row) => <BatchActions id={id} batch={row} onChanged={onChanged} />,
        },
      ]}
    />
  );
}

function People({ batch }: { batch: BatchAnswer }) {
  const { batches: words } = useWords();
  const faulty = Object.values(batch.faults).reduce((sum, count) => sum + count, 0);
  const drew = Object.values(batch.outcomes).reduce((sum, count) => sum + count, 0);
  return (
    <div className="left">
      {words.open(showCount(batch.open), showCount(batch.lines))}
      <Bar share={drew + batch.open === 0 ? 0 : drew / (drew + batch.open)} />
      {faulty > 0 && <p className="quiet">{words.faulty(showCount(faulty))}</p>}
    </div>
  );
}

type Turn = 'pause' | 'resume' | 'cancel';

const TURNS: Readonly<Record<BatchAnswer['state'], readonly Turn[]>> = {
  prepared: ['cancel'],
  asked: ['cancel'],
  refused: [],
  running: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  finished: [],
  cancelled: [],
};

function BatchActions({ id, batch, onChanged }: { id: string; batch: BatchAnswer; onChanged: () => void }) {
  const { batches: words } = useWords();
  const { api, may } = useSession();
  const { act } = useAct();
  const [question, setQuestion] = useState<Question | null>(null);
  const [isOpen, setOpen] = useState(false);
  const done = async (work: () => Promise<unknown>, said: string | (() => string)): Promise<boolean> => {
    const worked = await act(work, said);
    if (worked) onChanged();
    return worked;
  };
  const turn = (to: Turn) => done(() => api.operations.turnBatch(id, batch.id, to), words.done);
  const confirm = (): void =>
    setQuestion({
      title: words.confirmTitle(showCount(batch.open)),
      text: words.confirmText,
      confirm: words.confirm,
      onConfirm: async () => {
        let said = words.confirmDone;
        const ask = async (): Promise<void> => {
          const { state } = await api.operations.confirmBatch(id, batch.id, batch.open);
          if (state === 'asked') said = words.asked;
        };
        return done(ask, () => said);
      },
    });
  const cancel = (): void =>
    setQuestion({
      title: words.cancelTitle,
      text: words.cancelText,
      confirm: words.turns.cancel,
      danger: true,
      onConfirm: () => turn('cancel'),
    });
  return (
    <div className="actions">
      {may('activities.batch') && batch.state === 'prepared' && (
        <Button size="small" type="primary" disabled={batch.open === 0} onClick={confirm}>
          {words.confirm}
        </Button>
      )}
      {may('activities.batch') &&
        TURNS[batch.state].map((to) => (
          <Button key={to} size="small" onClick={to === 'cancel' ? cancel : () => void turn(to)}>
            {words.turns[to]}
          </Button>
        ))}
      <Button size="small" onClick={() => setOpen(true)}>
        {words.lines}
      </Button>
      {isOpen && <BatchLines id={id} batch={batch} onClose={() => setOpen(false)} />}
      {batch.confirmedAtMs !== null && (
        <Button size="small" href={batchFileUrl(id, batch.id)}>
          {words.download}
        </Button>
      )}
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </div>
  );
}
