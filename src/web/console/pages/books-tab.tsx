import { Alert } from 'antd';
import { useCallback } from 'react';
import type { BooksAnswer } from '../../../http/contract/console-lists.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ListMore } from '../parts/list-more.tsx';
import { showYuan } from '../parts/money.ts';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showTime } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { usePages } from '../state/use-pages.ts';

/** The accounts in the order money passes through them. */
const ORDER = ['funding', 'budget', 'reserved', 'in-flight', 'delivered', 'returned'];

/** The activity's books: balances, whether they agree with the counters, and every entry. */
export function BooksTab({ id }: { id: string }) {
  const words = useWords();
  const { api } = useSession();
  const load = useCallback((after: string | null) => api.books(id, after), [api, id]);
  const pages = usePages(load);
  const { books } = words;
  const accountName = (account: string): string => books.accounts[account] ?? account;
  return (
    <WhenLoaded loaded={pages.loaded} onRetry={pages.reload}>
      {({ sums, spentFen }) =>
        pages.rows.length === 0 ? (
          <div className="card">
            <EmptyNotice title={books.empty} text={books.emptyNext} />
          </div>
        ) : (
          <div className="stack">
            <Sums sums={sums} spentFen={spentFen} />
            <section className="card stack">
              <div>
                <h2>{books.entries}</h2>
                <p className="quiet">{books.lead}</p>
              </div>
              <DataTable
                label={books.entries}
                rows={pages.rows}
                keyOf={(row) => row.entryId}
                columns={[
                  { key: 'time', title: books.columns.time, show: (row) => <time>{showTime(row.atMs)}</time> },
                  { key: 'kind', title: books.columns.kind, show: (row) => books.kinds[row.kind] ?? row.kind },
                  { key: 'from', title: books.columns.from, show: (row) => accountName(row.credit) },
                  { key: 'to', title: books.columns.to, show: (row) => accountName(row.debit) },
                  { key: 'amount', title: books.columns.amount, number: true, show: (row) => showYuan(row.amountFen) },
                  {
                    key: 'award',
                    title: books.columns.award,
                    show: (row) =>
                      row.awardId === null ? words.none : <code title={row.awardId}>{row.awardId.slice(0, 8)}</code>,
                  },
                ]}
              />
              <ListMore {...pages} count={pages.rows.length} />
            </section>
          </div>
        )
      }
    </WhenLoaded>
  );
}

function Sums({ sums, spentFen }: { sums: BooksAnswer['sums']; spentFen: number }) {
  const { books } = useWords();
  const balanceOf = (account: string): number => sums.find((sum) => sum.account === account)?.balanceFen ?? 0;
  // What left the budget for winners is reserved, on its way, delivered or returned; nothing else.
  const bookedFen = ['reserved', 'in-flight', 'delivered', 'returned'].reduce((sum, name) => sum + balanceOf(name), 0);
  const agrees = bookedFen === spentFen;
  return (
    <section className="card stack">
      <h2>{books.sums}</h2>
      <ul className="sums">
        {ORDER.map((account) => (
          <li key={account}>
            <span className="quiet">{books.accounts[account]}</span>
            <strong>{showYuan(balanceOf(account))}</strong>
          </li>
        ))}
      </ul>
      <Alert
        type={agrees ? 'success' : 'error'}
        showIcon
        title={agrees ? books.balanced(showYuan(spentFen)) : books.unbalanced(showYuan(bookedFen), showYuan(spentFen))}
      />
    </section>
  );
}
