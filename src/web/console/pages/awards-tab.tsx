import { Button, Tag } from 'antd';
import { useCallback } from 'react';
import type { AwardsAnswer } from '../../../http/contract/console-lists.ts';
import type { PrizeGlance } from '../editor/rule-glance.ts';
import { DataTable } from '../parts/data-table.tsx';
import { ListMore } from '../parts/list-more.tsx';
import { showYuan } from '../parts/money.ts';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showOpenid, showTime } from '../parts/show.ts';
import { payoutAddress } from '../payments/payout-address.ts';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { usePages } from '../state/use-pages.ts';
import { VoucherCell } from './voucher-cell.tsx';

interface AwardsTabProps {
  readonly id: string;
  readonly account: string;
  readonly prizes: readonly PrizeGlance[];
}

/** What was won, and how far its payment has come. */
export function AwardsTab({ id, account, prizes }: AwardsTabProps) {
  const words = useWords();
  const { api } = useSession();
  const load = useCallback((after: string | null) => api.awards(id, after), [api, id]);
  const pages = usePages(load);
  const { columns, states } = words.awards;
  const prizeOf = (prizeId: string): PrizeGlance | undefined => prizes.find((prize) => prize.id === prizeId);
  return (
    <WhenLoaded loaded={pages.loaded} onRetry={pages.reload}>
      {() => (
        <section className="card stack">
          <div className="list-tools">
            <Button onClick={pages.reload}>{words.draws.refresh}</Button>
          </div>
          {pages.rows.length === 0 ? (
            <EmptyNotice title={words.awards.empty} text={words.awards.emptyNext} />
          ) : (
            <>
              <DataTable
                label={words.activity.tabs.awards}
                rows={pages.rows}
                keyOf={(row) => row.awardId}
                columns={[
                  { key: 'time', title: columns.time, show: (row) => <time>{showTime(row.atMs)}</time> },
                  {
                    key: 'person',
                    title: columns.person,
                    show: (row) => <code title={row.openid}>{showOpenid(row.openid)}</code>,
                  },
                  { key: 'prize', title: columns.prize, show: (row) => prizeOf(row.prizeId)?.name ?? row.prizeId },
                  {
                    key: 'amount',
                    title: columns.amount,
                    number: true,
                    show: (row) => (row.amountFen === 0 ? words.none : showYuan(row.amountFen)),
                  },
                  {
                    key: 'state',
                    title: columns.state,
                    show: (row) => (
                      <>
                        <Tag className={`award-${row.state}`}>{states[row.state]}</Tag>
                        {row.reason !== null && <p className="quiet">{row.reason}</p>}
                      </>
                    ),
                  },
                  {
                    key: 'order',
                    title: columns.order,
                    show: (row) =>
                      prizeOf(row.prizeId)?.kind === 'voucher' ? (
                        <VoucherCell account={account} award={row.awardId} />
                      ) : (
                        <OrderCell award={row} account={account} />
                      ),
                  },
                ]}
              />
              <ListMore {...pages} count={pages.rows.length} />
            </>
          )}
        </section>
      )}
    </WhenLoaded>
  );
}

/** The order number at WeChat Pay and how often it was asked; nothing for what is not paid in money. */
function OrderCell(props: { award: AwardsAnswer['rows'][number]; account: string }) {
  const words = useWords();
  const { may } = useSession();
  const { orderNumber, attempts } = props.award;
  if (orderNumber === null) return words.none;
  return (
    <>
      {may('payments.view') ? (
        <Link to={payoutAddress({ accountId: props.account, orderNumber })}>
          <code>{orderNumber}</code>
        </Link>
      ) : (
        <code>{orderNumber}</code>
      )}
      {attempts > 0 && <p className="quiet">{words.awards.attempts(attempts)}</p>}
    </>
  );
}
