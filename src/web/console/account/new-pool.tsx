import { Alert, App, Button, Modal } from 'antd';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Field } from '../parts/field.tsx';
import { sayProblem } from '../parts/notices.tsx';
import { CountInput } from '../parts/number-inputs.tsx';
import { ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import { useDialogGuard } from '../state/use-dialog-guard.ts';
import { useSession } from '../state/session.tsx';
import { ChoiceField, LineField } from './account-field.tsx';

const FAULTS_SHOWN = 20;
const EMPTY = {
  id: '',
  name: '',
  purpose: 'entry' as 'entry' | 'voucher',
  origin: 'generated' as 'generated' | 'imported',
  prefix: '',
  encoding: 'utf-8' as 'utf-8' | 'gbk',
};

interface Props {
  readonly account: string;
  readonly onClose: () => void;
  readonly onMade: () => void;
}

/** Orders codes, or reads them from a file: then all of them or none. */
export function NewPool({ account, onClose, onMade }: Props) {
  const words = useWords();
  const { pools } = words;
  const { busy, problem, make } = useMaking(account, onMade, onClose);
  const [given, setGiven] = useState(EMPTY);
  const [count, setCount] = useState<number | null>(1000);
  const [file, setFile] = useState<File | null>(null);
  const change = (part: Partial<typeof EMPTY>): void => setGiven((before) => ({ ...before, ...part }));
  const isImport = given.origin === 'imported';
  const ready = given.id !== '' && given.name.trim() !== '' && (isImport ? file !== null : count !== null);
  const dirty = JSON.stringify(given) !== JSON.stringify(EMPTY) || count !== 1000 || file !== null;
  const close = useDialogGuard(dirty && !busy, onClose);
  return (
    <Modal
      open
      title={pools.add}
      okText={pools.make}
      okButtonProps={{ disabled: !ready }}
      cancelText={words.cancel}
      confirmLoading={busy}
      onOk={() => void make(given, isImport ? file : (count ?? 0))}
      onCancel={close}
    >
      <div className="stack">
        <LineField label={pools.name} value={given.name} onChange={(name) => change({ name })} />
        <LineField label={pools.id} hint={pools.idHint} value={given.id} onChange={(id) => change({ id: id.trim() })} />
        <ChoiceField
          label={pools.columns.purpose}
          value={given.purpose}
          options={(['entry', 'voucher'] as const).map((value) => ({ value, label: pools.purposes[value] }))}
          onChange={(purpose) => change({ purpose })}
        />
        <ChoiceField
          label={pools.origin}
          value={given.origin}
          options={(['generated', 'imported'] as const).map((value) => ({ value, label: pools.origins[value] }))}
          onChange={(origin) => change({ origin })}
        />
        {isImport ? (
          <FromFile
            file={file}
            encoding={given.encoding}
            onFile={setFile}
            onEncoding={(encoding) => change({ encoding })}
          />
        ) : (
          <div className="field-pair">
            <Field label={pools.count} hint={pools.countHint}>
              {(ties) => <CountInput {...ties} value={count} onChange={setCount} />}
            </Field>
            <LineField
              label={pools.prefix}
              hint={pools.prefixHint}
              value={given.prefix}
              onChange={(prefix) => change({ prefix: prefix.trim() })}
            />
          </div>
        )}
        {problem !== null && <PoolProblem problem={problem} />}
      </div>
    </Modal>
  );
}

interface FileProps {
  readonly file: File | null;
  readonly encoding: 'utf-8' | 'gbk';
  readonly onFile: (file: File) => void;
  readonly onEncoding: (encoding: 'utf-8' | 'gbk') => void;
}

function FromFile({ file, encoding, onFile, onEncoding }: FileProps) {
  const { pools } = useWords();
  const choose = (): void => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = '.txt,.csv,text/plain,text/csv';
    input.addEventListener('change', () => {
      const chosen = input.files?.[0];
      if (chosen !== undefined) onFile(chosen);
    });
    input.click();
  };
  return (
    <>
      <div>
        <Button onClick={choose}>{file === null ? pools.chooseFile : file.name}</Button>
        <p className="field-hint">{pools.fileHint}</p>
      </div>
      <ChoiceField
        label={pools.encoding}
        value={encoding}
        options={(['utf-8', 'gbk'] as const).map((value) => ({ value, label: pools.encodings[value] }))}
        onChange={onEncoding}
      />
    </>
  );
}

function useMaking(account: string, onMade: () => void, onClose: () => void) {
  const { pools } = useWords();
  const { api } = useSession();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const make = async (given: typeof EMPTY, source: number | File | null): Promise<void> => {
    if (source === null) return;
    setBusy(true);
    setProblem(null);
    const { id, name, purpose, prefix, encoding } = given;
    try {
      await (source instanceof File
        ? api.operations.importCodes(account, { id, name, purpose, encoding }, source)
        : api.operations.generateCodes(account, { id, name, purpose, prefix, count: source }));
      void message.success(pools.made);
      onMade();
      onClose();
    } catch (failure) {
      if (!(failure instanceof ApiProblem)) throw failure;
      setProblem(failure);
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, make };
}

/** Every faulty line by its place, the first of very many. */
function PoolProblem({ problem }: { problem: ApiProblem }): ReactNode {
  const words = useWords();
  const list = problem.faults.length > 0 && (
    <ul className="fault-list">
      {problem.faults.slice(0, FAULTS_SHOWN).map(({ path, message }) => (
        <li key={path}>
          {words.pools.place(path)}: {message}
        </li>
      ))}
    </ul>
  );
  return <Alert type="error" showIcon title={sayProblem(problem, words)} description={list} />;
}
