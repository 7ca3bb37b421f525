import { Alert, App, Button, Input, Modal } from 'antd';
import { useState } from 'react';
import type { ListingAnswer } from '../../../http/contract/console-person-lists.ts';
import { Field } from '../parts/field.tsx';
import { sayProblem } from '../parts/notices.tsx';
import { ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import type { ListPlace } from '../state/lists-api.ts';
import { useSession } from '../state/session.tsx';
import type { ListsWords } from '../words/lists-zh.ts';

const NAME = /^[a-z0-9-]{1,32}$/;
const AT_ONCE_MAX = 10_000;
const FAULTS_SHOWN = 50;

interface AddToListProps {
  readonly account: string;
  /** Null for a list that is named here. */
  readonly list: string | null;
  readonly open: boolean;
  readonly onClose: () => void;
  readonly onAdded: (list: string) => void;
}

/** Puts people on a list, written down or from a file, and names every faulty entry. */
export function AddToList({ account, list, open, onClose, onAdded }: AddToListProps) {
  const words = useWords();
  const { lists } = words;
  const { api } = useSession();
  const [name, setName] = useState('');
  const [text, setText] = useState('');
  const [asked, setAsked] = useState(false);
  const listing = useListing();
  const openids = text.split(/[\s,;]+/).filter((openid) => openid !== '');
  const nameFault = list === null && asked && !NAME.test(name) ? lists.nameFault : undefined;
  const peopleFault = asked ? faultOf(openids.length, lists) : undefined;
  const close = (): void => {
    setText('');
    setAsked(false);
    listing.forget();
    onClose();
  };
  const act = (work: (place: ListPlace) => Promise<ListingAnswer>): void => {
    const place = { account, list: list ?? name };
    void listing.act(
      () => work(place),
      () => {
        close();
        onAdded(place.list);
      },
    );
  };
  const add = (): void => {
    setAsked(true);
    if ((list === null && !NAME.test(name)) || faultOf(openids.length, lists) !== undefined) return;
    act((place) => api.lists.add(place, openids));
  };
  const importFile = (file: File): void => {
    if (list !== null || NAME.test(name)) act((place) => api.lists.importFile(place, file));
    else setAsked(true);
  };
  return (
    <Modal
      open={open}
      title={list === null ? lists.create : lists.addTitle}
      okText={lists.add}
      cancelText={words.cancel}
      confirmLoading={listing.busy}
      onOk={add}
      onCancel={close}
      destroyOnHidden
    >
      <div className="stack">
        {list === null && (
          <Field label={lists.name} hint={lists.nameHint} fault={nameFault}>
            {(ties) => (
              <Input {...ties} value={name} maxLength={32} onChange={(event) => setName(event.target.value)} />
            )}
          </Field>
        )}
        <Field label={lists.openids} hint={lists.openidsHint} fault={peopleFault}>
          {(ties) => (
            <Input.TextArea {...ties} rows={6} value={text} onChange={(event) => setText(event.target.value)} />
          )}
        </Field>
        <FileChoice busy={listing.busy} onFile={importFile} />
        {listing.problem !== null && <Faults problem={listing.problem} say={sayProblem(listing.problem, words)} />}
      </div>
    </Modal>
  );
}

function faultOf(people: number, words: ListsWords['lists']): string | undefined {
  if (people === 0) return words.openidsMissing;
  return people > AT_ONCE_MAX ? words.tooMany : undefined;
}

/** Adds, says how many are new, or keeps what was wrong for the dialog to show. */
function useListing() {
  const { lists } = useWords();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const act = async (work: () => Promise<ListingAnswer>, done: () => void): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      const { named, changed } = await work();
      void message.success(lists.added(named, changed));
      done();
    } catch (failure) {
      if (!(failure instanceof ApiProblem)) throw failure;
      setProblem(failure);
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, act, forget: () => setProblem(null) };
}

function FileChoice({ busy, onFile }: { busy: boolean; onFile: (file: File) => void }) {
  const { lists } = useWords();
  const choose = (): void => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = '.txt,.csv,text/plain,text/csv';
    input.addEventListener('change', () => {
      const file = input.files?.[0];
      if (file !== undefined) onFile(file);
    });
    input.click();
  };
  return (
    <div>
      <Button onClick={choose} disabled={busy}>
        {lists.file}
      </Button>
      <p className="field-hint">{lists.fileHint}</p>
    </div>
  );
}

/** Every faulty entry by its place, the first ones of very many. */
function Faults({ problem, say }: { problem: ApiProblem; say: string }) {
  const { lists } = useWords();
  const { faults } = problem;
  if (problem.code !== 'openids-faulty' || faults.length === 0) return <Alert type="error" showIcon title={say} />;
  const list = (
    <ul className="fault-list">
      {faults.slice(0, FAULTS_SHOWN).map(({ path, message }) => (
        <li key={path}>
          {lists.place(path)}: {/^"[^"]*"/.exec(message)?.[0] ?? message}
        </li>
      ))}
    </ul>
  );
  return <Alert type="error" showIcon title={lists.faults(faults.length)} description={list} />;
}
