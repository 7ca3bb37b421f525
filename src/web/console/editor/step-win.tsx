import { Button, Input, Select, Switch } from 'antd';
import { Field } from '../parts/field.tsx';
import { useWords } from '../state/language.tsx';
import { FaultAt } from './editor-field.tsx';
import { WORD_MATCHES } from './editor-form.ts';
import type { EditorForm, MechanicKind, WordForm } from './editor-form.ts';
import { sayFault } from './faults.ts';
import type { Editor } from './use-editor.ts';

const KINDS: readonly MechanicKind[] = ['lottery', 'keyword', 'check-in'];

/** By which words and in what way one wins. */
export function StepWin({ editor }: { editor: Editor }) {
  const { win } = useWords();
  const { form, update, locked } = editor;
  return (
    <>
      <fieldset className="choices" disabled={locked}>
        <legend>{win.kind}</legend>
        {KINDS.map((kind) => (
          <label key={kind} className={kind === form.kind ? 'choice choice-now' : 'choice'}>
            <input
              type="radio"
              name="kind"
              checked={kind === form.kind}
              onChange={() => update('mechanic', toKind(form, kind))}
            />
            <span>
              <strong>{win[kind]}</strong>
              <span className="quiet">{win[`${kind}Text`]}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="field">
        <div className="field-head">
          <span className="field-title">{win.words}</span>
        </div>
        <p className="field-hint">{win.wordsHint}</p>
        <ul className="word-list">
          {form.words.map((_, index) => (
            // A word has no identity but its place
            <li key={index}>
              <WordRow editor={editor} index={index} />
            </li>
          ))}
        </ul>
        <FaultAt editor={editor} path="trigger" />
        {!locked && (
          <Button onClick={() => update('trigger', { words: [...form.words, { match: 'exact', word: '' }] })}>
            {win.addWord}
          </Button>
        )}
      </div>
      <Field label={win.page} hint={win.pageHint}>
        {({ id }) => (
          <div>
            <Switch id={id} disabled={locked} checked={form.page} onChange={(page) => update('trigger', { page })} />
          </div>
        )}
      </Field>
    </>
  );
}

/** Changes the way to win; a keyword needs one prize chosen, so the first one is. */
function toKind(form: EditorForm, kind: MechanicKind): Partial<EditorForm> {
  const chosen = form.prizes.some((prize) => prize.id === form.prizeId);
  return { kind, prizeId: chosen ? form.prizeId : (form.prizes[0]?.id ?? '') };
}

function WordRow({ editor, index }: { editor: Editor; index: number }) {
  const words = useWords();
  const { win } = words;
  const { form, update, locked } = editor;
  const entry = form.words[index];
  if (entry === undefined) return null;
  const path = `trigger.words.${index}.word`;
  const fault = editor.faultAt(path);
  const set = (change: Partial<WordForm>): void =>
    update(path, { words: form.words.map((word, at) => (at === index ? { ...word, ...change } : word)) });
  return (
    <>
      <div className="word-row">
        <Select
          aria-label={win.match}
          disabled={locked}
          value={entry.match}
          options={WORD_MATCHES.map((value) => ({ value, label: win[value] }))}
          onChange={(match) => set({ match })}
        />
        <Input
          aria-label={win.word}
          disabled={locked}
          maxLength={60}
          status={fault === undefined ? '' : 'error'}
          value={entry.word}
          onChange={(event) => set({ word: event.target.value })}
        />
        {!locked && (
          <Button
            type="text"
            aria-label={win.removeWord(entry.word)}
            onClick={() => update('trigger', { words: form.words.filter((__, at) => at !== index) })}
          >
            ✕
          </Button>
        )}
      </div>
      {fault !== undefined && <p className="field-fault">{sayFault(fault, words)}</p>}
    </>
  );
}
