import { Button, Input } from 'antd';
import { useState } from 'react';
import type { AccountsAnswer } from '../../../http/contract/console-session.ts';
import { AskDialog } from '../parts/ask-dialog.tsx';
import type { Question } from '../parts/ask-dialog.tsx';
import { Field } from '../parts/field.tsx';
import { WhenLoaded } from '../parts/notices.tsx';
import { useWords } from '../state/language.tsx';
import { Link, useNavigation } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';
import { useSaving } from './use-saving.ts';

/** Every Official Account, and the files by which WeChat sees whose domain this is. */
export function AccountsPage() {
  const { account } = useWords();
  const { api, may } = useSession();
  const navigation = useNavigation();
  const { loaded, reload } = useLoaded(api.accounts);
  return (
    <>
      <div className="page-head">
        <div>
          <h1>{account.title}</h1>
          <p className="quiet">{account.lead}</p>
        </div>
        {may('account.secrets') && (
          <div className="actions">
            <Button type="primary" onClick={() => void navigation.go('/accounts/new')}>
              {account.add}
            </Button>
          </div>
        )}
      </div>
      <div className="stack">
        <WhenLoaded loaded={loaded} onRetry={reload}>
          {({ accounts }) => (
            <ul className="account-list">
              {accounts.map((one) => (
                <AccountCard key={one.id} one={one} />
              ))}
            </ul>
          )}
        </WhenLoaded>
        <VerificationFiles />
      </div>
    </>
  );
}

function AccountCard({ one }: { one: AccountsAnswer['accounts'][number] }) {
  const { account } = useWords();
  const { may } = useSession();
  return (
    <li className="card account-card">
      <div>
        <h2>{one.id}</h2>
        <p className="quiet">
          {account.kinds[one.kind]} · <code>{one.appId}</code>
        </p>
      </div>
      <p>{one.merchantId === null ? account.paysNobody : account.pays(one.merchantId)}</p>
      {may('account.view') && (
        <Link to={`/accounts/${one.id}`} label={`${account.open} ${one.id}`}>
          {account.open}
        </Link>
      )}
    </li>
  );
}

function VerificationFiles() {
  const { files: words, account } = useWords();
  const { api, may } = useSession();
  const { act } = useAct();
  const { loaded, reload } = useLoaded(api.settings.files);
  const [question, setQuestion] = useState<Question | null>(null);
  const remove = (one: string): void =>
    setQuestion({
      title: words.removeTitle(one),
      text: words.removeText,
      confirm: words.confirm,
      danger: true,
      onConfirm: async () => {
        const worked = await act(() => api.settings.removeFile(one), account.saved);
        if (worked) reload();
        return worked;
      },
    });
  return (
    <section className="card stack">
      <h2>{words.title}</h2>
      <p className="quiet">{words.lead}</p>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {({ files }) =>
          files.length === 0 ? (
            <p className="quiet">{words.empty}</p>
          ) : (
            <ul className="file-list">
              {files.map((file) => (
                <li key={file.name}>
                  <a href={file.url} target="_blank" rel="noreferrer">
                    {file.name}
                  </a>
                  {may('account.edit') && (
                    <Button
                      type="text"
                      size="small"
                      aria-label={words.remove(file.name)}
                      onClick={() => remove(file.name)}
                    >
                      ✕
                    </Button>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </WhenLoaded>
      {may('account.edit') && <NewFile onPut={reload} />}
      <AskDialog question={question} onClose={() => setQuestion(null)} />
    </section>
  );
}

function NewFile({ onPut }: { onPut: () => void }) {
  const { files: words, account } = useWords();
  const { api } = useSession();
  const { busy, save, faultAt } = useSaving();
  const [name, setName] = useState('');
  const [content, setContent] = useState('');
  const put = async (): Promise<void> => {
    if (!(await save(() => api.settings.putFile(name.trim(), content.trim()), account.saved))) return;
    setName('');
    setContent('');
    onPut();
  };
  return (
    <div className="file-form">
      <Field label={words.name} fault={faultAt('name')}>
        {(ties) => (
          <Input
            {...ties}
            placeholder="MP_verify_….txt"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Field label={words.content} fault={faultAt('content')}>
        {(ties) => <Input {...ties} value={content} onChange={(event) => setContent(event.target.value)} />}
      </Field>
      <Button loading={busy} disabled={name.trim() === '' || content.trim() === ''} onClick={() => void put()}>
        {words.put}
      </Button>
    </div>
  );
}
