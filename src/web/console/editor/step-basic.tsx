import { Alert, Input, Select } from 'antd';
import { readLocalTime, writeLocalTime } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { EditorField } from './editor-field.tsx';
import type { Accounts } from './editor.tsx';
import type { Editor } from './use-editor.ts';

/** What it is called, where it runs, from when to when. */
export function StepBasic({ editor, accounts }: { editor: Editor; accounts: Accounts }) {
  const { basic } = useWords();
  const { form, update, locked } = editor;
  const account = accounts.find(({ id }) => id === form.accountId);
  return (
    <>
      <EditorField editor={editor} path="accountId" label={basic.account} hint={basic.accountHint}>
        {(ties) => (
          <Select
            {...ties}
            // An activity stays with the account it began in.
            disabled={editor.answer !== null}
            value={form.accountId === '' ? null : form.accountId}
            options={accounts.map(({ id, appId }) => ({ value: id, label: `${id} (${appId})` }))}
            onChange={(accountId: string) => update('accountId', { accountId })}
          />
        )}
      </EditorField>
      {account !== undefined && account.merchantId === null && (
        <Alert type="warning" showIcon title={basic.noMerchant} />
      )}
      <EditorField editor={editor} path="name" label={basic.name} hint={basic.nameHint}>
        {(ties) => (
          <Input
            {...ties}
            maxLength={60}
            value={form.name}
            onChange={(event) => update('name', { name: event.target.value })}
          />
        )}
      </EditorField>
      <EditorField editor={editor} path="slug" label={basic.slug} hint={basic.slugHint}>
        {(ties) => (
          <Input
            {...ties}
            disabled={locked}
            maxLength={64}
            prefix={<span className="quiet">/a/</span>}
            value={form.slug}
            onChange={(event) => update('slug', { slug: event.target.value.toLowerCase() })}
          />
        )}
      </EditorField>
      <div className="field-pair">
        <TimeField editor={editor} name="startsAtMs" label={basic.starts} hint={basic.startsHint} />
        <TimeField editor={editor} name="endsAtMs" label={basic.ends} hint={basic.endsHint} />
      </div>
    </>
  );
}

function TimeField(props: { editor: Editor; name: 'startsAtMs' | 'endsAtMs'; label: string; hint: string }) {
  const { editor, name } = props;
  return (
    <EditorField editor={editor} path={name} label={props.label} hint={props.hint}>
      {(ties) => (
        <Input
          {...ties}
          type="datetime-local"
          disabled={editor.locked}
          value={writeLocalTime(editor.form[name])}
          onChange={(event) => editor.update(name, { [name]: readLocalTime(event.target.value) })}
        />
      )}
    </EditorField>
  );
}
