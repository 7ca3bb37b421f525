import { Input, Modal } from 'antd';
import { useCallback, useState } from 'react';
import { ChoiceField, LineField } from '../account/account-field.tsx';
import { Field } from '../parts/field.tsx';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useAct } from '../state/use-act.ts';
import { useLoaded } from '../state/use-loaded.ts';

interface Props {
  readonly id: string;
  readonly account: string;
  readonly onClose: () => void;
  readonly onPrepared: () => void;
}

/** Reads a list of people, pasted or kept; nobody draws before it is confirmed. */
export function NewBatch({ id, account, onClose, onPrepared }: Props) {
  const { batches: words, cancel } = useWords();
  const { api } = useSession();
  const { busy, act } = useAct();
  const [source, setSource] = useState<'typed' | 'list'>('typed');
  const [typed, setTyped] = useState('');
  const [list, setList] = useState('');
  const [note, setNote] = useState('');
  const openids = typed.split(/[\s,;]+/).filter((openid) => openid !== '');
  const prepare = async (): Promise<void> => {
    const given = source === 'typed' ? { openids } : { list };
    if (!(await act(() => api.operations.prepareBatch(id, note, given), words.prepared))) return;
    onPrepared();
    onClose();
  };
  return (
    <Modal
      open
      title={words.add}
      okText={words.prepare}
      okButtonProps={{ disabled: source === 'typed' ? openids.length === 0 : list === '' }}
      cancelText={cancel}
      confirmLoading={busy}
      onOk={() => void prepare()}
      onCancel={onClose}
    >
      <div className="stack">
        <ChoiceField
          label={words.source}
          value={source}
          options={(['typed', 'list'] as const).map((value) => ({ value, label: words.sources[value] }))}
          onChange={setSource}
        />
        {source === 'typed' ? (
          <Field label={words.openids} hint={words.openidsHint}>
            {(ties) => (
              <Input.TextArea {...ties} rows={6} value={typed} onChange={(event) => setTyped(event.target.value)} />
            )}
          </Field>
        ) : (
          <KeptList account={account} value={list} onChange={setList} />
        )}
        <LineField label={words.note} hint={words.noteHint} value={note} onChange={setNote} />
      </div>
    </Modal>
  );
}

function KeptList({ account, value, onChange }: { account: string; value: string; onChange: (list: string) => void }) {
  const { batches: words } = useWords();
  const { api } = useSession();
  const { loaded } = useLoaded(useCallback(() => api.lists.all(account), [api, account]));
  const lists = loaded.state === 'ready' ? loaded.data.lists : [];
  return (
    <ChoiceField
      label={words.list}
      value={value}
      options={lists.map(({ list, people }) => ({ value: list, label: `${list} (${people})` }))}
      onChange={onChange}
    />
  );
}
