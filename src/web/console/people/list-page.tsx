import { Button } from 'antd';
import { useCallback, useState } from 'react';
import type { ListedPeopleAnswer } from '../../../http/contract/console-person-lists.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { ListMore } from '../parts/list-more.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import type { ListPlace } from '../state/lists-api.ts';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { usePages } from '../state/use-pages.ts';
import { AddToList } from './add-to-list.tsx';

/** Who stands on a list, since when and by whose hand. */
export function ListPage({ account, list }: ListPlace) {
  const { lists: words } = useWords();
  const { api, may } = useSession();
  const { act } = useAct();
  const [adding, setAdding] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  const load = useCallback((after: string | null) => api.lists.people({ account, list }, after), [api, account, list]);
  const pages = usePages(load);
  const askRemoval = (openid: string): void =>
    setQuestion({
      title: words.removeTitle,
      text: `${openid}: ${words.removeText}`,
      confirm: words.remove,
      danger: true,
      onConfirm: async () => {
        const worked = await act(() => api.lists.remove({ account, list }, [openid]), words.removed);
        if (worked) pages.reload();
        return worked;
      },
    });
  const add = may('people.list') && (
    <Button type="primary" onClick={() => setAdding(true)}>
      {words.add}
    </Button>
  );
  return (
    <>
      <p>
        <Link to="/lists">{words.all}</Link>
      </p>
      <div className="page-head">
        <h1>{list}</h1>
        {add}
      </div>
      <WhenLoaded loaded={pages.loaded} onRetry={pages.reload}>
        {() => (
          <section className="card stack">
            {pages.rows.length === 0 ? (
              <EmptyNotice title={words.noneHere} text={words.noneHereText} action={add} />
            ) : (
              <>
                <PeopleTable rows={pages.rows} list={list} onRemove={may('people.list') ? askRemoval : null} />
                <ListMore {...pages} count={pages.rows.length} />
              </>
            )}
          </section>
        )}
      </WhenLoaded>
      <AddToList
        account={account}
        list={list}
        open={adding}
        onClose={() => setAdding(false)}
        onAdded={() => pages.reload()}
      />
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </>
  );
}

interface PeopleTableProps {
  readonly rows: readonly ListedPeopleAnswer['rows'][number][];
  readonly list: string;
  readonly onRemove: ((openid: string) => void) | null;
}

function PeopleTable({ rows, list, onRemove }: PeopleTableProps) {
  const { lists: words } = useWords();
  const { columns } = words;
  return (
    <DataTable
      label={list}
      rows={rows}
      keyOf={({ openid }) => openid}
      columns={[
        {
          key: 'openid',
          title: columns.openid,
          // Whoever was erased stands on it under a pseudonym that means nothing to anybody.
          show: ({ openid }) =>
            openid.startsWith('x:') ? <span className="quiet">{words.erased}</span> : <code>{openid}</code>,
        },
        { key: 'by', title: columns.by, show: (row) => row.addedByName ?? row.addedBy },
        { key: 'at', title: columns.at, show: ({ addedAtMs }) => <time>{showMinute(addedAtMs)}</time> },
        {
          key: 'action',
          title: columns.action,
          show: ({ openid }) =>
            onRemove !== null &&
            !openid.startsWith('x:') && (
              <Button
                type="link"
                size="small"
                aria-label={`${words.remove} ${openid}`}
                onClick={() => onRemove(openid)}
              >
                {words.remove}
              </Button>
            ),
        },
      ]}
    />
  );
}
