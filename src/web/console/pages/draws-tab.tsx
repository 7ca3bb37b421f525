import { Button, Drawer, Tag } from 'antd';
import { useCallback, useState } from 'react';
import type { DrawLine } from '../../../http/contract/console-lists.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ListMore } from '../parts/list-more.tsx';
import { showYuan } from '../parts/money.ts';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showOpenid, showTime } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { usePages } from '../state/use-pages.ts';
import { DrawWhy, whyOf } from './draw-why.tsx';

/** Who drew and how it ended, newest first. */
export function DrawsTab({ id, nameOf }: { id: string; nameOf: (prizeId: string) => string }) {
  const words = useWords();
  const { api } = useSession();
  const load = useCallback((after: string | null) => api.draws(id, after), [api, id]);
  const pages = usePages(load);
  const [asked, setAsked] = useState<DrawLine | null>(null);
  const { columns, outcomes } = words.draws;
  return (
    <WhenLoaded loaded={pages.loaded} onRetry={pages.reload}>
      {() => (
        <section className="card stack">
          <div className="list-tools">
            <Button onClick={pages.reload}>{words.draws.refresh}</Button>
          </div>
          {pages.rows.length === 0 ? (
            <EmptyNotice title={words.draws.empty} text={words.draws.emptyNext} />
          ) : (
            <>
              <DataTable
                label={words.activity.tabs.draws}
                rows={pages.rows}
                keyOf={(row) => row.requestKey}
                columns={[
                  { key: 'time', title: columns.time, show: (row) => <time>{showTime(row.atMs)}</time> },
                  {
                    key: 'person',
                    title: columns.person,
                    show: (row) => <code title={row.openid}>{showOpenid(row.openid)}</code>,
                  },
                  {
                    key: 'outcome',
                    title: columns.outcome,
                    show: (row) => <Tag className={`outcome-${row.outcome}`}>{outcomes[row.outcome]}</Tag>,
                  },
                  {
                    key: 'prize',
                    title: columns.prize,
                    show: (row) =>
                      row.prizeId === null
                        ? words.none
                        : `${nameOf(row.prizeId)} ${row.amountFen === null || row.amountFen === 0 ? '' : showYuan(row.amountFen)}`,
                  },
                  {
                    key: 'why',
                    title: columns.why,
                    show: (row) => (
                      <span className="why-cell">
                        <span>{row.outcome === 'won' ? '' : whyOf(row, words)}</span>
                        <Button type="link" size="small" onClick={() => setAsked(row)}>
                          {words.draws.showWhy}
                        </Button>
                      </span>
                    ),
                  },
                ]}
              />
              <ListMore {...pages} count={pages.rows.length} />
            </>
          )}
          <Drawer title={words.why.title} open={asked !== null} onClose={() => setAsked(null)} size={480}>
            {asked !== null && <DrawWhy draw={asked} nameOf={nameOf} />}
          </Drawer>
        </section>
      )}
    </WhenLoaded>
  );
}
