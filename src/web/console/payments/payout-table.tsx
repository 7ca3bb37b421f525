import { Button } from 'antd';
import type { PayoutLine } from '../../../http/contract/console-payouts.ts';
import { DataTable } from '../parts/data-table.tsx';
import { showYuan } from '../parts/money.ts';
import { explainReason, showAge } from '../parts/show-age.ts';
import { showMinute, showOpenid } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';

/** Open payouts with why each is where it is and what comes next. */
export function PayoutTable(props: {
  label: string;
  rows: readonly PayoutLine[];
  onShow: (payout: PayoutLine) => void;
}) {
  const words = useWords();
  const { columns } = words.payouts;
  const nowMs = Date.now();
  return (
    <DataTable
      label={props.label}
      rows={props.rows}
      keyOf={(row) => `${row.accountId} ${row.orderNumber}`}
      columns={[
        {
          key: 'won',
          title: columns.won,
          show: (row) => (
            <>
              <time>{showMinute(row.createdAtMs)}</time>
              <br />
              <Button size="small" onClick={() => props.onShow(row)}>
                {words.payouts.show}
                <span className="sr-only"> {row.orderNumber}</span>
              </Button>
            </>
          ),
        },
        {
          key: 'person',
          title: columns.person,
          show: (row) => (
            <>
              <code title={row.openid}>{showOpenid(row.openid)}</code>
              <span className="under">{row.activityName}</span>
            </>
          ),
        },
        { key: 'amount', title: columns.amount, number: true, show: (row) => showYuan(row.amountFen) },
        { key: 'reason', title: columns.reason, show: (row) => <Reason reason={row.reason} /> },
        { key: 'since', title: columns.since, show: (row) => showAge(row.sinceMs, nowMs, words) },
        { key: 'next', title: columns.due, show: (row) => <NextStep payout={row} nowMs={nowMs} /> },
        { key: 'order', title: columns.order, show: (row) => <code>{row.orderNumber}</code> },
      ]}
    />
  );
}

/** What was said, in words a person can act on, with the original beside it. */
export function Reason({ reason }: { reason: string | null }) {
  const words = useWords();
  if (reason === null) return <>{words.none}</>;
  const explained = explainReason(reason, words);
  if (explained === null) return <p className="reason">{reason}</p>;
  return (
    <>
      <p className="reason">{explained}</p>
      <p className="reason quiet">{reason}</p>
    </>
  );
}

/** When it goes on by itself, or what holds it back. */
export function NextStep({ payout, nowMs }: { payout: PayoutLine; nowMs: number }) {
  const { payouts } = useWords();
  if (payout.heldBy !== null) return <span className="text-bad">{payouts.heldBy[payout.heldBy]}</span>;
  if (payout.dueAtMs === null) return <span className="quiet">{payouts.rests}</span>;
  if (payout.dueAtMs <= nowMs) return <>{payouts.now(payout.nextCall)}</>;
  return <>{payouts.next(payout.nextCall, showMinute(payout.dueAtMs))}</>;
}
