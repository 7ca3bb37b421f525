import { Alert, Button, Input, Select, Tag } from 'antd';
import { useCallback, useState } from 'react';
import type { ReactNode } from 'react';
import type { TrialAnswer } from '../../../http/contract/console-trials.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Field } from '../parts/field.tsx';
import { readYuan, showYuan } from '../parts/money.ts';
import { ListMore } from '../parts/list-more.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showMinute } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { usePages } from '../state/use-pages.ts';
import { PaymentsFrame } from './payments-frame.tsx';

/** One packet to oneself before an activity goes live, and what became of earlier ones. */
export function TrialPage() {
  const { trials } = useWords();
  const { api } = useSession();
  const { loaded, reload } = useLoaded(api.accounts);
  return (
    <PaymentsFrame section="trial" lead={trials.lead}>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {({ accounts }) =>
          accounts.length === 0 ? (
            <section className="card">
              <EmptyNotice title={trials.noAccount} text={trials.noAccountText} />
            </section>
          ) : (
            <Trials accounts={accounts.map(({ id }) => id)} />
          )
        }
      </WhenLoaded>
    </PaymentsFrame>
  );
}

function Trials({ accounts }: { accounts: readonly string[] }) {
  const { trials } = useWords();
  const { api, may } = useSession();
  const [account, setAccount] = useState(accounts[0] ?? '');
  const load = useCallback((after: string | null) => api.access.trials(account, after), [api, account]);
  const pages = usePages(load);
  const { loaded, reload } = pages;
  const choice = (
    <Field label={trials.account}>
      {({ id }) => (
        <Select
          id={id}
          value={account}
          onChange={setAccount}
          options={accounts.map((one) => ({ value: one, label: one }))}
        />
      )}
    </Field>
  );
  return (
    <>
      <section className="card">
        {may('activities.batch') ? (
          <TrialForm account={account} choice={choice} onAsked={reload} />
        ) : (
          <div className="stack narrow-form">
            <Alert type="info" showIcon title={trials.noRight} />
            {choice}
          </div>
        )}
      </section>
      <section className="card stack">
        <div className="list-tools">
          <h2>{trials.sent}</h2>
          <Button onClick={reload}>{trials.refresh}</Button>
        </div>
        <WhenLoaded loaded={loaded} onRetry={reload}>
          {() =>
            pages.rows.length === 0 ? (
              <EmptyNotice title={trials.empty} text={trials.emptyText} />
            ) : (
              <>
                <TrialTable rows={pages.rows} />
                {pages.hasMore && <ListMore {...pages} count={pages.rows.length} />}
              </>
            )
          }
        </WhenLoaded>
      </section>
    </>
  );
}

function TrialForm(props: { account: string; choice: ReactNode; onAsked: () => void }) {
  const { trials } = useWords();
  const { api } = useSession();
  const { busy, act } = useAct();
  const [openid, setOpenid] = useState('');
  const [amount, setAmount] = useState('1.00');
  const [asked, setAsked] = useState(false);
  const { fen, fault } = readYuan(amount);
  const wrong = fault !== null || fen === null || fen > 1000;
  const ask = async (): Promise<void> => {
    setAsked(true);
    if (openid.trim() === '' || wrong) return;
    const wish = { openid: openid.trim(), amountFen: fen };
    if (!(await act(() => api.access.askTrial(props.account, wish), trials.asked))) return;
    setAsked(false);
    props.onAsked();
  };
  return (
    <form
      className="stack narrow-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void ask();
      }}
    >
      {props.choice}
      <Field
        label={trials.openid}
        hint={trials.openidHint}
        fault={asked && openid.trim() === '' ? trials.openidMissing : undefined}
      >
        {(ties) => (
          <Input
            {...ties}
            autoComplete="off"
            maxLength={64}
            value={openid}
            onChange={(event) => setOpenid(event.target.value)}
          />
        )}
      </Field>
      <Field label={trials.amount} hint={trials.amountHint} fault={asked && wrong ? trials.amountWrong : undefined}>
        {(ties) => (
          <Input {...ties} inputMode="decimal" value={amount} onChange={(event) => setAmount(event.target.value)} />
        )}
      </Field>
      <div className="actions">
        <Button type="primary" htmlType="submit" loading={busy}>
          {trials.ask}
        </Button>
      </div>
    </form>
  );
}

function TrialTable({ rows }: { rows: readonly TrialAnswer[] }) {
  const { trials } = useWords();
  const { may } = useSession();
  return (
    <DataTable
      label={trials.sent}
      rows={rows}
      keyOf={({ id }) => id}
      columns={[
        { key: 'time', title: trials.columns.time, show: ({ askedAtMs }) => <time>{showMinute(askedAtMs)}</time> },
        { key: 'who', title: trials.columns.who, show: ({ askedByName }) => askedByName },
        { key: 'openid', title: trials.columns.openid, show: ({ openid }) => <code>{openid}</code> },
        { key: 'amount', title: trials.columns.amount, number: true, show: ({ amountFen }) => showYuan(amountFen) },
        { key: 'state', title: trials.columns.state, show: (row) => <TrialState row={row} /> },
        {
          key: 'more',
          title: '',
          show: ({ state, activityId, award }) => {
            if (state === 'asked') return <Link to="/approvals">{trials.decide}</Link>;
            return award !== null && may('money.view') && <Link to={`/activities/${activityId}`}>{trials.books}</Link>;
          },
        },
      ]}
    />
  );
}

/** Before it has an award the batch says how it stands, afterwards the award does. */
function TrialState({ row: { state, award, reason } }: { row: TrialAnswer }) {
  const { trials, awards } = useWords();
  const states: Readonly<Record<string, string>> = awards.states;
  const said = award === null ? trials.states[state] : states[award];
  return (
    <>
      <Tag className={award === null ? 'state' : `award-${award}`}>{said ?? award ?? state}</Tag>
      {reason !== null && <p className="quiet">{reason}</p>}
    </>
  );
}
