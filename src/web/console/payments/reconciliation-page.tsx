import { Alert, Select } from 'antd';
import { useCallback } from 'react';
import type { ReactNode } from 'react';
import type { ReconciliationAnswer } from '../../../http/contract/console-reconciliation.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Field } from '../parts/field.tsx';
import { showYuan } from '../parts/money.ts';
import { ListMore } from '../parts/list-more.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showAge } from '../parts/show-age.ts';
import { showCount, showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Link, useNavigation } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { usePages } from '../state/use-pages.ts';
import { PaymentsFrame } from './payments-frame.tsx';
import { payoutAddress } from './payout-address.ts';
import { Reason } from './payout-table.tsx';

/** The daily reports, the latest unless the address names a day. */
export function ReconciliationPage({ day }: { day: string | undefined }) {
  const { reconciliation: words } = useWords();
  const { api } = useSession();
  const load = useCallback(
    async (after: string | null) => {
      const { days, next } = await api.payments.reconciliationDays(after);
      return { rows: days, next };
    },
    [api],
  );
  const pages = usePages(load);
  return (
    <PaymentsFrame section="reconciliation" lead={words.lead}>
      <WhenLoaded loaded={pages.loaded} onRetry={pages.reload}>
        {() => {
          const shown = day ?? pages.rows[0];
          if (shown === undefined) {
            return (
              <div className="card">
                <EmptyNotice title={words.empty} text={words.emptyText} />
              </div>
            );
          }
          return (
            <Day
              key={shown}
              day={shown}
              days={pages.rows}
              older={pages.hasMore && <ListMore {...pages} count={pages.rows.length} />}
            />
          );
        }}
      </WhenLoaded>
    </PaymentsFrame>
  );
}

function Day({ day, days, older }: { day: string; days: readonly string[]; older: ReactNode }) {
  const { reconciliation: words } = useWords();
  const { api } = useSession();
  const navigation = useNavigation();
  const load = useCallback(() => api.payments.reconciliation(day), [api, day]);
  const { loaded, reload } = useLoaded(load);
  return (
    <>
      <section className="card">
        <div className="day-choice">
          <Field label={words.day} hint={loaded.state === 'ready' ? words.made(showMinute(loaded.data.madeAtMs)) : ' '}>
            {(ties) => (
              <Select
                {...ties}
                value={day}
                onChange={(next) => void navigation.go(`/payments/reconciliation/${next}`)}
                options={days.map((value) => ({ value, label: value }))}
              />
            )}
          </Field>
          {older}
        </div>
      </section>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {(report) => (
          <>
            <Breaks report={report} />
            <Totals report={report} />
          </>
        )}
      </WhenLoaded>
    </>
  );
}

function Totals({ report }: { report: ReconciliationAnswer }) {
  const words = useWords();
  const { reconciliation, payouts } = words;
  const { totalColumns } = reconciliation;
  return (
    <section className="card stack">
      <h2>{reconciliation.totals}</h2>
      <DataTable
        label={reconciliation.totals}
        rows={report.totals}
        keyOf={(row) => `${row.merchantId} ${row.state}`}
        columns={[
          { key: 'merchant', title: totalColumns.merchant, show: (row) => row.merchantId },
          { key: 'state', title: totalColumns.state, show: (row) => payouts.states[row.state] ?? row.state },
          { key: 'payouts', title: totalColumns.payouts, number: true, show: (row) => showCount(row.payouts) },
          { key: 'amount', title: totalColumns.amount, number: true, show: (row) => showYuan(row.amountFen) },
        ]}
      />
    </section>
  );
}

function Breaks({ report }: { report: ReconciliationAnswer }) {
  const words = useWords();
  const { reconciliation } = words;
  const { breakColumns } = reconciliation;
  if (report.breakCount === 0) return <Alert type="success" showIcon title={reconciliation.noBreaks} />;
  const nowMs = Date.now();
  return (
    <section className="card stack">
      <h2>{reconciliation.breaks(report.breakCount)}</h2>
      {report.breakCount > report.breaks.length && <p className="quiet">{reconciliation.first}</p>}
      <DataTable
        label={reconciliation.breaks(report.breakCount)}
        rows={report.breaks}
        keyOf={(row) => [row.kind, row.accountId, row.activityId, row.orderNumber, row.awardId, row.reason].join(' ')}
        columns={[
          {
            key: 'kind',
            title: breakColumns.kind,
            show: (row) => <strong className="text-bad">{reconciliation.kinds[row.kind]}</strong>,
          },
          { key: 'age', title: breakColumns.age, show: (row) => showAge(row.sinceMs, nowMs, words) },
          { key: 'amount', title: breakColumns.amount, number: true, show: (row) => showYuan(row.amountFen) },
          {
            key: 'order',
            title: breakColumns.order,
            show: ({ accountId, orderNumber, awardId }) =>
              orderNumber === null ? (
                <code>{awardId?.slice(0, 8) ?? words.none}</code>
              ) : (
                <Link to={payoutAddress({ accountId, orderNumber })}>
                  <code>{orderNumber}</code>
                </Link>
              ),
          },
          {
            key: 'told',
            title: breakColumns.told,
            show: (row) =>
              row.query === null ? (
                <span className="quiet">{reconciliation.noQuery}</span>
              ) : (
                <>
                  {row.query.status}
                  <p className="quiet">{showMinute(row.query.atMs)}</p>
                </>
              ),
          },
          { key: 'books', title: breakColumns.books, show: (row) => <InBooks row={row} /> },
          {
            key: 'reason',
            title: breakColumns.reason,
            show: (row) =>
              row.kind === 'books' ? (
                <>
                  <p className="reason">{reconciliation.booksHint}</p>
                  <p className="reason quiet">{row.reason}</p>
                </>
              ) : (
                <Reason reason={row.reason === '' ? null : row.reason} />
              ),
          },
        ]}
      />
    </section>
  );
}

/** Where the books have the money; of a difference between the books the explanation tells it. */
function InBooks({ row }: { row: ReconciliationAnswer['breaks'][number] }) {
  const { books, none } = useWords();
  if (row.kind === 'books') return <>{none}</>;
  return <p className="in-books">{books.accounts[row.books] ?? row.books}</p>;
}
