import { Button, Tag } from 'antd';
import { useCallback, useState } from 'react';
import { shopStates } from './shop-states.ts';
import type { ShopFilter } from './shop-states.ts';
import type { ShopPaymentLine } from '../../../http/contract/console-shop-payments.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ListMore } from '../parts/list-more.tsx';
import { showYuan } from '../parts/money.ts';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showOpenid, showTime } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { usePages } from '../state/use-pages.ts';
import { PaymentsFrame } from './payments-frame.tsx';

/** Customers' payments: what each drew, why not, and what went back. */
export function ShopPaymentsPage() {
  const { shop: words, noticeKeys } = useWords();
  const { api } = useSession();
  const [filter, setFilter] = useState<ShopFilter>('all');
  const load = useCallback(
    (after: string | null) => {
      const state = filter === 'all' || filter === 'refunded' ? null : filter;
      return api.operations.shopPayments({ state, refunded: filter === 'refunded' }, after);
    },
    [api, filter],
  );
  const pages = usePages(load);
  return (
    <PaymentsFrame section="shop" lead={words.lead}>
      <section className="card stack">
        <Filters filter={filter} onChange={setFilter} />
        <WhenLoaded loaded={pages.loaded} onRetry={pages.reload}>
          {() =>
            pages.rows.length === 0 ? (
              <EmptyNotice
                title={filter === 'all' ? words.empty : words.none}
                text={words.emptyText}
                action={<Link to="/payments/shop/keys">{noticeKeys.open}</Link>}
              />
            ) : (
              <>
                <PaymentTable rows={pages.rows} onChanged={pages.reload} />
                <ListMore {...pages} count={pages.rows.length} />
                <p>
                  <Link to="/payments/shop/keys">{noticeKeys.open}</Link>
                </p>
              </>
            )
          }
        </WhenLoaded>
      </section>
    </PaymentsFrame>
  );
}

function Filters({ filter, onChange }: { filter: ShopFilter; onChange: (filter: ShopFilter) => void }) {
  const { shop: words } = useWords();
  const nameOf = (one: ShopFilter): string =>
    one === 'all' ? words.all : one === 'refunded' ? words.refunded : words.states[one];
  return (
    <div className="filters" role="group" aria-label={words.columns.state}>
      {(['all', ...shopStates, 'refunded'] as const).map((one) => (
        <Button
          key={one}
          size="small"
          type={one === filter ? 'primary' : 'default'}
          aria-pressed={one === filter}
          onClick={() => onChange(one)}
        >
          {nameOf(one)}
        </Button>
      ))}
    </div>
  );
}

function PaymentTable({ rows, onChanged }: { rows: readonly ShopPaymentLine[]; onChanged: () => void }) {
  const { shop: words, none } = useWords();
  const { columns } = words;
  return (
    <DataTable
      label={words.section}
      rows={rows}
      keyOf={({ accountId, transactionId }) => `${accountId} ${transactionId}`}
      columns={[
        {
          key: 'when',
          title: columns.when,
          show: ({ paidAtMs, receivedAtMs }) => <time>{showTime(paidAtMs ?? receivedAtMs)}</time>,
        },
        {
          key: 'amount',
          title: columns.amount,
          number: true,
          show: ({ amountFen, refundedFen }) => (
            <>
              {amountFen === null ? none : showYuan(amountFen)}
              {refundedFen > 0 && <p className="text-bad">{words.back(showYuan(refundedFen))}</p>}
            </>
          ),
        },
        {
          key: 'person',
          title: columns.person,
          show: ({ openid }) => (openid === null ? none : <code title={openid}>{showOpenid(openid)}</code>),
        },
        { key: 'state', title: columns.state, show: (row) => <PaymentState payment={row} onChanged={onChanged} /> },
        { key: 'draws', title: columns.draws, show: (row) => <Draws payment={row} /> },
        { key: 'number', title: columns.number, show: ({ transactionId }) => <code>{transactionId}</code> },
      ]}
    />
  );
}

function PaymentState({ payment, onChanged }: { payment: ShopPaymentLine; onChanged: () => void }) {
  const { shop: words } = useWords();
  const { api, may } = useSession();
  const { busy, act } = useAct();
  const why = useWhy();
  const retry = async (): Promise<void> => {
    if (await act(() => api.operations.retryShopPayment(payment), words.retried)) onChanged();
  };
  return (
    <>
      <Tag className={payment.state === 'failed' ? 'state state-stopped' : 'state'}>{words.states[payment.state]}</Tag>
      {payment.reason !== null && <p className="quiet">{why(payment.reason)}</p>}
      {payment.state === 'failed' && may('payments.operate') && (
        <Button size="small" loading={busy} onClick={() => void retry()}>
          {words.retry}
        </Button>
      )}
    </>
  );
}

function Draws({ payment }: { payment: ShopPaymentLine }) {
  const { shop: words, none } = useWords();
  const why = useWhy();
  if (payment.draws.length === 0) return none;
  return (
    <ul>
      {payment.draws.map((draw) => (
        <li key={`${draw.accountId} ${draw.activityId}`}>
          {words.draws[draw.state]}
          {draw.why !== null && <span className="quiet"> · {why(draw.why)}</span>}
        </li>
      ))}
    </ul>
  );
}

/** Says a reason of payments or of draws in the operator's language. */
function useWhy(): (reason: string) => string {
  const { shop, why } = useWords();
  return (reason) => shop.reasons[reason] ?? why.refused[reason] ?? reason;
}
