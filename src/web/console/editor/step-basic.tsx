import { Alert, Input, Select } from 'antd';
import type { ReactNode } from 'react';
import { Field } from '../parts/field.tsx';
import type { FieldTies } from '../parts/field.tsx';
import { useWords } from '../state/language.tsx';
import { useEditorTools } from './editor-context.tsx';
import type { Accounts } from './editor.tsx';
import { sayFault } from './faults.ts';
import { RootField } from './schema-field.tsx';
import { MoreSettings } from './schema-group.tsx';

/** What it is called, where it runs, from when to when. */
export function StepBasic({ accounts }: { accounts: Accounts }) {
  const { basic, schema } = useWords();
  const { editor } = useEditorTools();
  const { form, update, locked } = editor;
  return (
    <>
      <AccountField accounts={accounts} />
      <BesideField path="name" label={basic.name} hint={basic.nameHint}>
        {(ties) => (
          <Input
            {...ties}
            maxLength={60}
            value={form.name}
            onChange={(event) => update({ name: event.target.value })}
          />
        )}
      </BesideField>
      <BesideField path="slug" label={basic.slug} hint={basic.slugHint}>
        {(ties) => (
          <Input
            {...ties}
            disabled={locked}
            maxLength={64}
            prefix={<span className="quiet">/a/</span>}
            value={form.slug}
            onChange={(event) => update({ slug: event.target.value.toLowerCase() })}
          />
        )}
      </BesideField>
      <div className="field-pair">
        <RootField path={['startsAtMs']} />
        <RootField path={['endsAtMs']} />
      </div>
      <MoreSettings title={schema.more} open={editor.isFaulty(['priority'])}>
        <RootField path={['priority']} />
      </MoreSettings>
    </>
  );
}

/** Where it runs; an activity stays with the account it began in. */
export function AccountField({ accounts }: { accounts: Accounts }) {
  const { basic } = useWords();
  const { editor } = useEditorTools();
  const { form, update } = editor;
  const account = accounts.find(({ id }) => id === form.accountId);
  return (
    <>
      <BesideField path="accountId" label={basic.account} hint={basic.accountHint}>
        {(ties) => (
          <Select
            {...ties}
            disabled={editor.answer !== null}
            value={form.accountId === '' ? null : form.accountId}
            options={accounts.map(({ id, appId }) => ({ value: id, label: `${id} (${appId})` }))}
            onChange={(accountId: string) => update({ accountId })}
          />
        )}
      </BesideField>
      {account !== undefined && account.merchantId === null && (
        <Alert type="warning" showIcon title={basic.noMerchant} />
      )}
    </>
  );
}

/** A field that stands beside the rule: account, name and address. */
export function BesideField(props: {
  path: 'accountId' | 'name' | 'slug';
  label: string;
  hint: string;
  children: (ties: FieldTies) => ReactNode;
}) {
  const words = useWords();
  const { editor } = useEditorTools();
  const fault = editor.faultAt([props.path]);
  return (
    <Field label={props.label} hint={props.hint} fault={fault === undefined ? undefined : sayFault(fault, words)}>
      {props.children}
    </Field>
  );
}
