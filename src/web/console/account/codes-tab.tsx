import { Button } from 'antd';
import { useCallback, useState } from 'react';
import type { PoolAnswer } from '../../../http/contract/console-codes.ts';
import { Bar } from '../parts/activity-marks.tsx';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showCount, showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { codesFileUrl } from '../state/operations-api.ts';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { useRefresh } from '../state/use-refresh.ts';
import { LookUpCode } from './look-up-code.tsx';
import { NewPool } from './new-pool.tsx';
import { useActivityOptions } from './use-activity-options.ts';
import { useSaving } from './use-saving.ts';

const LOOK_EVERY_MS = 3000;

/** Pools of one-time codes: made or read from a file, with how far each is and how many are left. */
export function CodesTab({ account }: { account: string }) {
  const { pools: words } = useWords();
  const { api, may } = useSession();
  const load = useCallback(() => api.operations.pools(account), [api, account]);
  const { loaded, reload } = useLoaded(load);
  const [adding, setAdding] = useState(false);
  const isMaking = loaded.state === 'ready' && loaded.data.rows.some(({ state }) => state === 'making');
  // Whoever leaves the page leaves the making to the server.
  useRefresh(
    useCallback(() => isMaking && reload(), [isMaking, reload]),
    LOOK_EVERY_MS,
  );
  const add = may('codes.edit') && (
    <Button type="primary" onClick={() => setAdding(true)}>
      {words.add}
    </Button>
  );
  return (
    <section className="card stack">
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {({ rows }) =>
          rows.length === 0 ? (
            <EmptyNotice title={words.empty} text={words.emptyText} action={add} />
          ) : (
            <>
              <div className="list-tools">
                <p className="quiet">{words.lead}</p>
                {add}
              </div>
              <PoolTable account={account} rows={rows.filter(({ state }) => state !== 'dropped')} onChanged={reload} />
            </>
          )
        }
      </WhenLoaded>
      {adding && <NewPool account={account} onClose={() => setAdding(false)} onMade={reload} />}
    </section>
  );
}

interface TableProps {
  readonly account: string;
  readonly rows: readonly PoolAnswer[];
  readonly onChanged: () => void;
}

function PoolTable({ account, rows, onChanged }: TableProps) {
  const { pools: words, none } = useWords();
  const activities = useActivityOptions(account);
  return (
    <DataTable
      label={words.title}
      rows={rows}
      keyOf={({ id }) => id}
      columns={[
        {
          key: 'name',
          title: words.columns.name,
          show: ({ id, name, madeAtMs }) => (
            <>
              <strong>{name}</strong>
              <p className="quiet">
                <code>{id}</code> · {showMinute(madeAtMs)}
              </p>
            </>
          ),
        },
        {
          key: 'purpose',
          title: words.columns.purpose,
          show: ({ purpose, origin }) => (
            <>
              {words.purposes[purpose]}
              <p className="quiet">{words.origins[origin]}</p>
            </>
          ),
        },
        { key: 'activity', title: words.columns.activity, show: (row) => activities.nameOf(row.activityId) ?? none },
        { key: 'used', title: words.columns.used, number: true, show: (row) => <HowFar pool={row} /> },
        {
          key: 'actions',
          title: words.columns.actions,
          show: (row) => <PoolActions account={account} pool={row} onChanged={onChanged} />,
        },
      ]}
    />
  );
}

/** How many codes there are of those wanted, then how many of those are used. */
function HowFar({ pool }: { pool: PoolAnswer }) {
  const { pools: words } = useWords();
  const { state, size, wanted, used } = pool;
  const isMaking = state === 'making';
  const [part, whole] = isMaking ? [size, wanted] : [used, size];
  return (
    <div className="left">
      {isMaking
        ? words.making(showCount(size), wanted === 0 ? '…' : showCount(wanted))
        : words.usedOf(showCount(used), showCount(size))}
      <Bar share={whole === 0 ? 0 : part / whole} />
    </div>
  );
}

function PoolActions({ account, pool, onChanged }: { account: string; pool: PoolAnswer; onChanged: () => void }) {
  const { pools: words } = useWords();
  const { api, may } = useSession();
  const { save } = useSaving();
  const [question, setQuestion] = useState<Question | null>(null);
  const drop = (): void =>
    setQuestion({
      title: words.dropTitle(pool.name),
      text: words.dropText,
      confirm: words.drop,
      danger: true,
      onConfirm: async () => {
        const worked = await save(() => api.operations.dropCodes(account, pool.id), words.dropDone);
        if (worked) onChanged();
        return worked;
      },
    });
  return (
    <div className="actions">
      {may('codes.export') && pool.state === 'ready' && (
        <Button size="small" href={codesFileUrl(account, pool.id)} aria-label={`${words.download} ${pool.name}`}>
          {words.download}
        </Button>
      )}
      {may('people.view') && pool.state === 'ready' && <LookUpCode account={account} pool={pool} />}
      {may('codes.edit') && pool.activityId === null && (
        <Button size="small" type="text" danger aria-label={`${words.drop} ${pool.name}`} onClick={drop}>
          {words.drop}
        </Button>
      )}
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </div>
  );
}
