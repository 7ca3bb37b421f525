import { Button, Select } from 'antd';
import { useCallback, useState } from 'react';
import type { PersonListsAnswer } from '../../../http/contract/console-person-lists.ts';
import { DataTable } from '../parts/data-table.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { showCount } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { Link, useNavigation } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { AddToList } from './add-to-list.tsx';

/** The lists of people of an account, with how many stand on each. */
export function ListsPage() {
  const { api } = useSession();
  const { loaded, reload } = useLoaded(api.accounts);
  return (
    <WhenLoaded loaded={loaded} onRetry={reload}>
      {({ accounts }) => <AccountLists accounts={accounts.map(({ id }) => id)} />}
    </WhenLoaded>
  );
}

function AccountLists({ accounts }: { accounts: readonly string[] }) {
  const { lists: words } = useWords();
  const { api, may } = useSession();
  const navigation = useNavigation();
  const [account, setAccount] = useState(accounts[0] ?? '');
  const [adding, setAdding] = useState(false);
  const load = useCallback(() => api.lists.all(account), [api, account]);
  const { loaded, reload } = useLoaded(load);
  const create = may('people.list') && (
    <Button type="primary" onClick={() => setAdding(true)}>
      {words.create}
    </Button>
  );
  return (
    <>
      <div className="page-head">
        <h1>{words.title}</h1>
        {create}
      </div>
      <div className="stack">
        <p className="quiet lead">{words.lead}</p>
        {accounts.length > 1 && (
          <Select
            aria-label={words.account}
            value={account}
            onChange={setAccount}
            options={accounts.map((id) => ({ value: id, label: id }))}
          />
        )}
        <WhenLoaded loaded={loaded} onRetry={reload}>
          {({ lists }) => (
            <section className="card">
              {lists.length === 0 ? (
                <EmptyNotice
                  title={words.empty}
                  text={may('people.list') ? words.emptyText : words.emptyReadOnly}
                  action={create}
                />
              ) : (
                <ListsTable account={account} rows={lists} />
              )}
            </section>
          )}
        </WhenLoaded>
      </div>
      <AddToList
        account={account}
        list={null}
        open={adding}
        onClose={() => setAdding(false)}
        onAdded={(list) => void navigation.go(`/lists/${account}/${list}`)}
      />
    </>
  );
}

function ListsTable({ account, rows }: { account: string; rows: PersonListsAnswer['lists'] }) {
  const { lists: words } = useWords();
  return (
    <DataTable
      label={words.title}
      rows={rows}
      keyOf={({ list }) => list}
      columns={[
        {
          key: 'list',
          title: words.columns.list,
          show: ({ list }) => <Link to={`/lists/${account}/${list}`}>{list}</Link>,
        },
        { key: 'people', title: words.columns.people, number: true, show: ({ people }) => showCount(people) },
      ]}
    />
  );
}
