import { Button, Input } from 'antd';
import { useState } from 'react';
import { Field } from '../parts/field.tsx';
import { ProblemNotice } from '../parts/notices.tsx';
import { CountInput, MoneyInput } from '../parts/number-inputs.tsx';
import { ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { number, text } from './draft.ts';
import { useEditorTools } from './editor-context.tsx';
import type { Accounts } from './editor.tsx';
import { AccountField, BesideField } from './step-basic.tsx';
import { templateAsks, withBudget } from './templates.ts';
import type { TemplateName } from './templates.ts';
import type { EditorForm } from './use-editor.ts';

const WORD = ['trigger', 'words', 0, 'word'];
const CODES = 1000;

interface QuickStartProps {
  readonly template: TemplateName;
  readonly first: EditorForm;
  readonly accounts: Accounts;
  /** Shows every step from the first on. */
  readonly onSteps: () => void;
}

/** The three things a template does not know: with them it can be published. */
export function QuickStart({ template, first, accounts, onSteps }: QuickStartProps) {
  const words = useWords();
  const { quick } = words;
  const { editor } = useEditorTools();
  const [codes, setCodes] = useState<number | null>(CODES);
  const { busy, problem, finish } = useFinish(template, codes);
  const asks = templateAsks(template);
  const missing = editor.problem?.faults.some(({ path }) => path === 'name') === true;
  return (
    <section className="card stack quick-start" aria-label={quick.title}>
      <h2>{quick.title}</h2>
      <p className="quiet">{quick.lead}</p>
      <AccountField accounts={accounts} />
      <BesideField path="name" label={words.basic.name} hint={words.basic.nameHint}>
        {(ties) => (
          <Input
            {...ties}
            maxLength={60}
            value={editor.form.name}
            onChange={(event) => editor.update({ name: event.target.value })}
          />
        )}
      </BesideField>
      {asks === 'word' && (
        <Field label={quick.word} hint={quick.wordHint}>
          {(ties) => (
            <Input
              {...ties}
              maxLength={60}
              value={text(editor.at(WORD))}
              onChange={(event) => editor.set(WORD, event.target.value)}
            />
          )}
        </Field>
      )}
      {asks === 'codes' && (
        <Field label={quick.codes} hint={quick.codesHint}>
          {(ties) => <CountInput {...ties} value={codes} onChange={setCodes} />}
        </Field>
      )}
      <Field label={quick.budget} hint={quick.budgetHint}>
        {(ties) => (
          <MoneyInput
            {...ties}
            value={number(editor.at(['budgetFen']))}
            onChange={(budgetFen) =>
              editor.set([], withBudget({ ...editor.form.draft, prizes: first.draft['prizes'] }, budgetFen ?? 0))
            }
          />
        )}
      </Field>
      {problem !== null && <ProblemNotice problem={problem} />}
      {editor.problem !== null && !missing && <ProblemNotice problem={editor.problem} />}
      <div className="actions">
        <Button type="primary" size="large" loading={busy} onClick={() => void finish()}>
          {quick.check}
        </Button>
        <Button size="large" onClick={onSteps}>
          {quick.steps}
        </Button>
      </div>
    </section>
  );
}

const READY_ASKED_MS = 300;
const READY_WAITED_MS = 60_000;

/** Waits for codes to be made, without which nothing can be published; what takes longer is told at the publication. */
async function untilReady(isReady: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + READY_WAITED_MS;
  while (performance.now() < endMs && !(await isReady())) {
    await new Promise((resolve) => setTimeout(resolve, READY_ASKED_MS));
  }
}

/** Makes the codes where the template needs some, and goes on to the review. */
function useFinish(template: TemplateName, codes: number | null) {
  const { api } = useSession();
  const { editor } = useEditorTools();
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const finish = async (): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      if (templateAsks(template) === 'codes' && !made) {
        const pool = { id: text(editor.at(['mechanic', 'pool'])), name: editor.form.name, count: codes ?? CODES };
        await api.drafts.makeCodes(editor.form.accountId, pool);
        setMade(true);
        await untilReady(() => api.drafts.codesReady(editor.form.accountId, pool.id));
      }
      await editor.goTo('review');
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return { busy, problem, finish };
}
