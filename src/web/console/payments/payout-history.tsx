import { Button, Tag } from 'antd';
import { useCallback, useState } from 'react';
import type { PayoutAnswer } from '../../../http/contract/console-payouts.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import { DataTable } from '../parts/data-table.tsx';
import { showYuan } from '../parts/money.ts';
import { WhenLoaded } from '../parts/notices.tsx';
import { showAge } from '../parts/show-age.ts';
import { showTime } from '../parts/show.ts';
import type { PayoutPlace } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { NextStep, Reason } from './payout-table.tsx';

interface HistoryProps {
  readonly place: PayoutPlace;
  /** Shows another number of the same award. */
  readonly onShow: (place: PayoutPlace) => void;
  readonly onChanged: () => void;
}

/** Everything known of one order number: what was asked of WeChat Pay, what it answered, and what was booked. */
export function PayoutHistory(props: HistoryProps) {
  const { api } = useSession();
  const { place } = props;
  const load = useCallback(() => api.payments.payout(place), [api, place]);
  const { loaded, reload, set } = useLoaded(load);
  return (
    <WhenLoaded loaded={loaded} onRetry={reload}>
      {(answer) => (
        <div className="stack">
          <Actions answer={answer} onChanged={props.onChanged} onAnswer={set} />
          <Facts answer={answer} />
          <Numbers answer={answer} onShow={props.onShow} />
          <Calls attempts={answer.attempts} />
          <Entries entries={answer.entries} />
          {answer.payout.request !== null && <Request request={answer.payout.request} />}
        </div>
      )}
    </WhenLoaded>
  );
}

/** What a person may order for one number, in the order of the buttons. */
const ORDERS = ['retry', 'ask', 'cancel'] as const;
type Order = (typeof ORDERS)[number];

function Actions(props: { answer: PayoutAnswer; onChanged: () => void; onAnswer: (answer: PayoutAnswer) => void }) {
  const { payouts } = useWords();
  const { api } = useSession();
  const { act } = useAct();
  const [asking, setAsking] = useState<Order | null>(null);
  const { payout } = props.answer;
  const carryOut = (order: Order) => async (): Promise<boolean> => {
    const ask = async (): Promise<void> => props.onAnswer(await api.payments.orderPayout(payout, order));
    const worked = await act(ask, payouts.orders[order].done);
    if (worked) props.onChanged();
    return worked;
  };
  if (payout.actions.length === 0) return null;
  return (
    <div className="actions">
      {ORDERS.filter((order) => payout.actions.includes(order)).map((order, index) => (
        <Button key={order} {...(index === 0 ? { type: 'primary' } : {})} onClick={() => setAsking(order)}>
          {payouts.orders[order].button}
        </Button>
      ))}
      {payout.actions.includes('reissue') && <Link to="/payments/reissues/new">{payouts.reissue}</Link>}
      <AskDialog
        question={asking === null ? null : { ...payouts.orders[asking], onConfirm: carryOut(asking) }}
        onClose={() => setAsking(null)}
      />
    </div>
  );
}

function Facts({ answer: { payout } }: { answer: PayoutAnswer }) {
  const words = useWords();
  const { payouts } = words;
  const { may } = useSession();
  const nowMs = Date.now();
  return (
    <dl className="facts-list">
      <dt>{payouts.columns.order}</dt>
      <dd>
        <code>{payout.orderNumber}</code>
      </dd>
      <dt>{payouts.state}</dt>
      <dd>
        <Tag className={`payout-${payout.state}`}>{payouts.states[payout.state]}</Tag>{' '}
        <span className="quiet">{showAge(payout.sinceMs, nowMs, words)}</span>
      </dd>
      <dt>{payouts.columns.reason}</dt>
      <dd>
        <Reason reason={payout.reason} />
      </dd>
      <dt>{payouts.columns.due}</dt>
      <dd>
        <NextStep payout={payout} nowMs={nowMs} />
      </dd>
      <dt>{payouts.columns.amount}</dt>
      <dd>{showYuan(payout.amountFen)}</dd>
      <dt>{payouts.columns.person}</dt>
      <dd>
        {may('people.view') && payout.openid !== '' ? (
          <Link to={`/people/${payout.accountId}/${payout.openid}`}>
            <code>{payout.openid}</code>
          </Link>
        ) : (
          <code>{payout.openid}</code>
        )}
      </dd>
      <dt>{payouts.activity}</dt>
      <dd>
        <Link to={`/activities/${payout.activityId}`}>{payout.activityName}</Link>
      </dd>
      <dt>{payouts.columns.won}</dt>
      <dd>{showTime(payout.createdAtMs)}</dd>
      <dt>{payouts.firstSent}</dt>
      <dd>{payout.firstSentAtMs === null ? words.none : showTime(payout.firstSentAtMs)}</dd>
      <dt>{payouts.way}</dt>
      <dd>
        {payouts.ways[payout.rail]}
        {payout.cancelAtMs !== null && ` · ${payouts.cancelled(showTime(payout.cancelAtMs))}`}
      </dd>
      {payout.railNumber !== null && (
        <>
          <dt>{payouts.rail}</dt>
          <dd>
            <code>{payout.railNumber}</code>
          </dd>
        </>
      )}
      <dt>{payouts.classLabel}</dt>
      <dd>{payouts.class[payout.class]}</dd>
    </dl>
  );
}

function Numbers({ answer, onShow }: { answer: PayoutAnswer; onShow: (place: PayoutPlace) => void }) {
  const { payouts } = useWords();
  const { accountId, orderNumber } = answer.payout;
  if (answer.numbers.length < 2) return null;
  return (
    <section>
      <h3>{payouts.numbers}</h3>
      <ul className="numbers">
        {answer.numbers.map((number) => (
          <li key={number.orderNumber}>
            <code>{number.orderNumber}</code>{' '}
            <Tag className={`payout-${number.state}`}>{payouts.states[number.state]}</Tag>
            {number.orderNumber === orderNumber ? (
              <span className="quiet">{payouts.thisNumber}</span>
            ) : (
              <Button size="small" onClick={() => onShow({ accountId, orderNumber: number.orderNumber })}>
                {payouts.show}
                <span className="sr-only"> {number.orderNumber}</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

type Attempt = PayoutAnswer['attempts'][number];

function Calls({ attempts }: { attempts: readonly Attempt[] }) {
  const { payouts } = useWords();
  return (
    <section>
      <h3>{payouts.calls}</h3>
      {attempts.length === 0 && <p className="quiet">{payouts.noCalls}</p>}
      <ol className="calls">
        {attempts.map((attempt) => (
          <li key={attempt.number}>
            <Call attempt={attempt} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Call({ attempt }: { attempt: Attempt }) {
  const { payouts } = useWords();
  const { outcome, answeredAtMs, startedAtMs, raw } = attempt;
  const kind = typeof outcome?.['kind'] === 'string' ? outcome['kind'] : '';
  const said = ['status', 'code', 'reason', 'message', 'railNumber']
    .map((field) => outcome?.[field])
    .filter((value): value is string => typeof value === 'string' && value !== '');
  return (
    <>
      <p className="call-head">
        <strong>
          {attempt.number}. {payouts.kinds[attempt.kind]}
        </strong>
        <time>{showTime(startedAtMs)}</time>
        {answeredAtMs !== null && (
          <span className="quiet">{payouts.took(((answeredAtMs - startedAtMs) / 1000).toFixed(1))}</span>
        )}
      </p>
      <p className={`call-outcome call-${kind}`}>
        {outcome === null ? payouts.noAnswer : [payouts.outcomes[kind] ?? kind, ...said].join(' · ')}
      </p>
      {raw !== null && raw !== '' && (
        <details>
          <summary>{payouts.raw}</summary>
          <pre className="raw" tabIndex={0}>
            {raw}
          </pre>
        </details>
      )}
    </>
  );
}

function Entries({ entries }: { entries: PayoutAnswer['entries'] }) {
  const { books, payouts } = useWords();
  const name = (account: string): string => books.accounts[account] ?? account;
  if (entries.length === 0) return null;
  return (
    <section>
      <h3>{payouts.entries}</h3>
      <DataTable
        label={payouts.entries}
        rows={entries}
        keyOf={(row) => row.entryId}
        columns={[
          { key: 'time', title: books.columns.time, show: (row) => <time>{showTime(row.atMs)}</time> },
          { key: 'kind', title: books.columns.kind, show: (row) => books.kinds[row.kind] ?? row.kind },
          { key: 'from', title: books.columns.from, show: (row) => name(row.credit) },
          { key: 'to', title: books.columns.to, show: (row) => name(row.debit) },
          { key: 'amount', title: books.columns.amount, number: true, show: (row) => showYuan(row.amountFen) },
        ]}
      />
    </section>
  );
}

function Request({ request }: { request: Readonly<Record<string, unknown>> }) {
  const { payouts } = useWords();
  const fields = Object.entries(request).filter(([, value]) => value !== null);
  return (
    <details>
      <summary>{payouts.request}</summary>
      <dl className="facts-list request">
        {fields.map(([name, value]) => (
          <div key={name} className="contents">
            <dt>
              <code>{name}</code>
            </dt>
            <dd>{String(value)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
