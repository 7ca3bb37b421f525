import { Button, Select } from 'antd';
import { useCallback, useState } from 'react';
import type { IssueAnswer } from '../../../http/contract/console-issues.ts';
import { DataTable } from '../parts/data-table.tsx';
import { showYuan } from '../parts/money.ts';
import { ListMore } from '../parts/list-more.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showCount, showMinute } from '../parts/show.ts';
import { PaymentsFrame } from '../payments/payments-frame.tsx';
import { useWords } from '../state/language.tsx';
import { Link, useNavigation } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { usePages } from '../state/use-pages.ts';
import { NewIssueDialog } from './new-issue-dialog.tsx';

/** The batches of packets that go to files of people. */
export function IssuesPage() {
  const { api } = useSession();
  const { loaded, reload } = useLoaded(api.accounts);
  return (
    <WhenLoaded loaded={loaded} onRetry={reload}>
      {({ accounts }) => <Batches accounts={accounts.map(({ id }) => id)} />}
    </WhenLoaded>
  );
}

function Batches({ accounts }: { accounts: readonly string[] }) {
  const { issues: words } = useWords();
  const { api, may } = useSession();
  const navigation = useNavigation();
  const [account, setAccount] = useState(accounts[0] ?? '');
  const [making, setMaking] = useState(false);
  const load = useCallback((after: string | null) => api.money.issues(account, after), [api, account]);
  const pages = usePages(load);
  const create = may('activities.batch') && (
    <Button type="primary" onClick={() => setMaking(true)}>
      {words.create}
    </Button>
  );
  return (
    <PaymentsFrame section="issues" lead={words.lead} action={create}>
      {accounts.length > 1 && (
        <Select
          aria-label={words.account}
          value={account}
          onChange={setAccount}
          options={accounts.map((id) => ({ value: id, label: id }))}
        />
      )}
      <WhenLoaded loaded={pages.loaded} onRetry={pages.reload}>
        {() => (
          <section className="card">
            {pages.rows.length === 0 ? (
              <EmptyNotice
                title={words.empty}
                text={may('activities.batch') ? words.emptyText : words.emptyReadOnly}
                action={create}
              />
            ) : (
              <>
                <BatchTable account={account} rows={pages.rows} />
                {pages.hasMore && <ListMore {...pages} count={pages.rows.length} />}
              </>
            )}
          </section>
        )}
      </WhenLoaded>
      {making && (
        <NewIssueDialog
          account={account}
          onClose={() => setMaking(false)}
          onMade={(id) => void navigation.go(`/payments/issues/${account}/${id}`)}
        />
      )}
    </PaymentsFrame>
  );
}

function BatchTable({ account, rows }: { account: string; rows: readonly IssueAnswer[] }) {
  const { issues: words } = useWords();
  const { columns } = words;
  return (
    <DataTable
      label={words.section}
      rows={rows}
      keyOf={({ id }) => id}
      columns={[
        {
          key: 'name',
          title: columns.name,
          show: ({ id, name }) => <Link to={`/payments/issues/${account}/${id}`}>{name}</Link>,
        },
        { key: 'state', title: columns.state, show: ({ state }) => words.states[state] },
        { key: 'people', title: columns.people, number: true, show: ({ people }) => showCount(people) },
        { key: 'amount', title: columns.amount, number: true, show: ({ amountFen }) => showYuan(amountFen) },
        { key: 'issued', title: columns.issued, number: true, show: ({ issued }) => showCount(issued) },
        { key: 'at', title: columns.at, show: ({ preparedAtMs }) => <time>{showMinute(preparedAtMs)}</time> },
      ]}
    />
  );
}
