import { Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { Field } from '../parts/field.tsx';
import { ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import type { WebhookContent, WebhookEvent } from '../state/programs-api.ts';
import { useAct } from '../state/use-act.ts';
import { CheckList } from './check-list.tsx';

/** What is filled in: an endpoint and the account it belongs to. */
interface WebhookForm extends WebhookContent {
  readonly account: string;
}

/** Adds or changes an endpoint. `accounts` has one entry where there is nothing to choose. */
export function WebhookDialog(props: {
  title: string;
  accounts: readonly string[];
  start: WebhookContent;
  onClose: () => void;
  /** Throws ApiProblem. */
  onSave: (account: string, content: WebhookContent) => Promise<unknown>;
}) {
  const words = useWords();
  const { programs } = words;
  const { busy, act } = useAct();
  const [form, setForm] = useState<WebhookForm>({ ...props.start, account: props.accounts[0] ?? '' });
  const [faulty, setFaulty] = useState<readonly string[]>([]);
  const change = (changes: Partial<WebhookForm>): void => setForm((before) => ({ ...before, ...changes }));
  const save = async (): Promise<void> => {
    const { account, ...content } = form;
    const missing = [
      ...(content.name.trim() === '' ? ['name'] : []),
      ...(content.url.trim() === '' ? ['url'] : []),
      ...(content.events.length === 0 ? ['events'] : []),
    ];
    setFaulty(missing);
    if (missing.length > 0) return;
    const told = async (): Promise<void> => {
      await props.onSave(account, { ...content, url: content.url.trim() }).catch((problem: unknown) => {
        if (problem instanceof ApiProblem) setFaulty(problem.faults.map(({ path }) => path));
        throw problem;
      });
    };
    if (await act(told, programs.changed)) props.onClose();
  };
  return (
    <Modal
      open
      title={props.title}
      okText={programs.save}
      cancelText={words.cancel}
      confirmLoading={busy}
      onOk={() => void save()}
      onCancel={props.onClose}
    >
      <WebhookFields form={form} accounts={props.accounts} faulty={faulty} onChange={change} />
    </Modal>
  );
}

function WebhookFields(props: {
  form: WebhookForm;
  accounts: readonly string[];
  faulty: readonly string[];
  onChange: (changes: Partial<WebhookForm>) => void;
}) {
  const { programs } = useWords();
  const { form, accounts, faulty, onChange } = props;
  const events = Object.entries(programs.eventNames) as [WebhookEvent, string][];
  return (
    <div className="stack">
      {accounts.length > 1 && (
        <Field label={programs.account}>
          {({ id }) => (
            <Select
              id={id}
              value={form.account}
              options={accounts.map((value) => ({ value, label: value }))}
              onChange={(account) => onChange({ account })}
            />
          )}
        </Field>
      )}
      <Field
        label={programs.name}
        hint={programs.nameHint}
        fault={faulty.includes('name') ? programs.needed : undefined}
      >
        {(ties) => (
          <Input
            {...ties}
            maxLength={40}
            value={form.name}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        )}
      </Field>
      <Field
        label={programs.url}
        hint={programs.urlHint}
        fault={faulty.includes('url') ? programs.urlFault : undefined}
      >
        {(ties) => (
          <Input
            {...ties}
            inputMode="url"
            maxLength={500}
            value={form.url}
            onChange={(event) => onChange({ url: event.target.value })}
          />
        )}
      </Field>
      <CheckList
        label={programs.events}
        options={events.map(([value, label]) => ({ value, label }))}
        values={form.events}
        fault={faulty.includes('events') ? programs.scopesNeeded : undefined}
        onChange={(chosen) => onChange({ events: chosen })}
      />
    </div>
  );
}
