import { Button, Input } from 'antd';
import { useCallback, useState } from 'react';
import type { FoundPeopleAnswer } from '../../../http/contract/console-stories.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Field } from '../parts/field.tsx';
import { EmptyNotice, WhenLoaded } from '../parts/notices.tsx';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import '../numbers/numbers.css';

/** Finds people by what an operator has in hand: a name, a number, an openid. */
export function FindPeoplePage() {
  const { people: words } = useWords();
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  return (
    <>
      <div className="page-head">
        <h1>{words.title}</h1>
      </div>
      <div className="stack">
        <form
          className="card person-search"
          role="search"
          onSubmit={(event) => {
            event.preventDefault();
            setAsked(text.trim());
          }}
        >
          <Field label={words.field} hint={words.lead}>
            {(ties) => (
              <div className="person-search-line">
                <Input {...ties} value={text} maxLength={64} onChange={(event) => setText(event.target.value)} />
                <Button type="primary" htmlType="submit">
                  {words.search}
                </Button>
              </div>
            )}
          </Field>
        </form>
        {asked !== '' && <Found key={asked} text={asked} />}
      </div>
    </>
  );
}

function Found({ text }: { text: string }) {
  const { people: words } = useWords();
  const { api } = useSession();
  const load = useCallback(() => api.numbers.findPeople(text), [api, text]);
  const { loaded, reload } = useLoaded(load);
  return (
    <WhenLoaded loaded={loaded} onRetry={reload}>
      {({ people }) => (
        <section className="card">
          {people.length === 0 ? (
            <EmptyNotice title={words.none} text={words.noneText} />
          ) : (
            <FoundTable people={people} />
          )}
        </section>
      )}
    </WhenLoaded>
  );
}

function FoundTable({ people }: { people: FoundPeopleAnswer['people'] }) {
  const { people: words } = useWords();
  const follows = { true: words.following.yes, false: words.following.no, null: words.following.unknown };
  return (
    <DataTable
      label={words.title}
      rows={people}
      keyOf={({ accountId, openid }) => `${accountId} ${openid}`}
      columns={[
        {
          key: 'person',
          title: words.columns.person,
          show: ({ accountId, openid, nickname }) => (
            <Link to={`/people/${accountId}/${encodeURIComponent(openid)}`}>{nickname ?? words.noName}</Link>
          ),
        },
        { key: 'openid', title: 'openid', show: ({ openid }) => <code>{openid}</code> },
        { key: 'account', title: words.columns.account, show: ({ accountId }) => accountId },
        { key: 'following', title: words.columns.following, show: ({ following }) => follows[`${following}`] },
      ]}
    />
  );
}
