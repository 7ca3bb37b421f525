import { Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { Field } from '../parts/field.tsx';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { CheckList } from './check-list.tsx';

const DAY_MS = 86_400_000;
const ENDS = { month: 30, quarter: 90, year: 365, never: null } as const;
type End = keyof typeof ENDS;

/** Makes a token: who uses it, what it may do, and until when. */
export function TokenDialog(props: {
  open: boolean;
  scopes: readonly string[];
  onClose: () => void;
  onMade: (token: string) => void;
}) {
  const words = useWords();
  const { programs } = words;
  const { api } = useSession();
  const { busy, act } = useAct();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const [end, setEnd] = useState<End>('quarter');
  const [asked, setAsked] = useState(false);
  const close = (): void => {
    setName('');
    setScopes([]);
    setAsked(false);
    props.onClose();
  };
  const make = async (): Promise<void> => {
    setAsked(true);
    if (name.trim() === '' || scopes.length === 0) return;
    const days = ENDS[end];
    const expiresAtMs = days === null ? null : Date.now() + days * DAY_MS;
    const worked = await act(async () => {
      props.onMade((await api.programs.makeToken({ name: name.trim(), scopes, expiresAtMs })).token);
    }, programs.changed);
    if (worked) close();
  };
  return (
    <Modal
      open={props.open}
      title={programs.create}
      okText={programs.make}
      cancelText={words.cancel}
      confirmLoading={busy}
      onOk={() => void make()}
      onCancel={close}
      destroyOnHidden
    >
      <div className="stack">
        <Field
          label={programs.name}
          hint={programs.nameHint}
          fault={asked && name.trim() === '' ? programs.needed : undefined}
        >
          {(ties) => <Input {...ties} maxLength={40} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <CheckList
          label={programs.scopes}
          options={props.scopes.map((value) => ({ value, label: programs.scopeNames[value] ?? value }))}
          values={scopes}
          fault={asked && scopes.length === 0 ? programs.scopesNeeded : undefined}
          onChange={setScopes}
        />
        <Field label={programs.ends}>
          {({ id }) => (
            <Select<End>
              id={id}
              value={end}
              onChange={setEnd}
              options={(Object.keys(ENDS) as End[]).map((value) => ({ value, label: programs.endChoices[value] }))}
            />
          )}
        </Field>
      </div>
    </Modal>
  );
}
