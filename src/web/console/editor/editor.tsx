import { Alert, Button } from 'antd';
import { useMemo } from 'react';
import type { AccountsAnswer } from '../../../http/contract/console-session.ts';
import { sayProblem } from '../parts/notices.tsx';
import { showTime } from '../parts/show.ts';
import { useWords } from '../state/language.tsx';
import { useNavigation } from '../state/navigation.tsx';
import { useUnsavedGuard } from '../state/use-unsaved-guard.ts';
import { ChatPreview } from './chat-preview.tsx';
import { EditorProvider } from './editor-context.tsx';
import type { EditorTools } from './editor-context.tsx';
import { PhonePreview } from './phone-preview.tsx';
import type { RuleNode } from './rule-node.ts';
import { drawField } from './schema-field.tsx';
import { StepBasic } from './step-basic.tsx';
import { StepMoney } from './step-money.tsx';
import { StepPrizes } from './step-prizes.tsx';
import { StepReview } from './step-review.tsx';
import { StepLook, StepTexts, StepWho } from './plain-steps.tsx';
import { StepWin } from './step-win.tsx';
import { stepOf, STEPS } from './steps.ts';
import type { StepName } from './steps.ts';
import type { Editor } from './use-editor.ts';
import { useLook } from './use-look.ts';

export type Accounts = AccountsAnswer['accounts'];

interface EditorProps {
  readonly editor: Editor;
  readonly accounts: Accounts;
  /** The rule's schema with the words of its fields. */
  readonly root: RuleNode;
  readonly lists: EditorTools['lists'];
}

/** Steps beside which the phone stands. */
const WITH_PHONE: readonly StepName[] = ['win', 'look', 'review'];

/** The guided editor: steps on the left, one at a time in the middle, what people will see on the right. */
export function EditorView({ editor, accounts, root, lists }: EditorProps) {
  const words = useWords();
  const tools = useMemo(() => ({ editor, root, lists, drawField }), [editor, root, lists]);
  const looked = useLook(editor.form);
  useUnsavedGuard(editor.dirty && !editor.saving);
  const withPhone = WITH_PHONE.includes(editor.step);
  return (
    <EditorProvider value={tools}>
      <div className={withPhone || editor.step === 'texts' ? 'editor editor-beside' : 'editor'}>
        <EditorSteps editor={editor} />
        <div className="stack editor-main">
          {editor.locked && <Alert type="warning" showIcon title={words.editor.locked} />}
          <EditorProblem editor={editor} />
          <section className="card stack" aria-label={words.steps[editor.step]}>
            <h2>{words.steps[editor.step]}</h2>
            <StepOf editor={editor} accounts={accounts} looked={looked} />
          </section>
          <EditorButtons editor={editor} />
        </div>
        {withPhone && <PhonePreview looked={looked} />}
        {editor.step === 'texts' && <ChatPreview form={editor.form} />}
      </div>
    </EditorProvider>
  );
}

function StepOf({
  editor,
  accounts,
  looked,
}: {
  editor: Editor;
  accounts: Accounts;
  looked: ReturnType<typeof useLook>;
}) {
  switch (editor.step) {
    case 'basic':
      return <StepBasic accounts={accounts} />;
    case 'who':
      return <StepWho />;
    case 'win':
      return <StepWin />;
    case 'prizes':
      return <StepPrizes looked={looked} />;
    case 'money':
      return <StepMoney looked={looked} />;
    case 'texts':
      return <StepTexts />;
    case 'look':
      return <StepLook />;
    case 'review':
      return <StepReview accounts={accounts} looked={looked} />;
  }
}

function EditorSteps({ editor }: { editor: Editor }) {
  const words = useWords();
  const faulty = (step: StepName): boolean =>
    editor.visited.has(step) && editor.faults.some((fault) => stepOf(fault.path) === step);
  return (
    <nav className="steps" aria-label={words.editor.editTitle}>
      <ol>
        {STEPS.map((step, index) => (
          <li key={step}>
            <button
              type="button"
              className={`step${step === editor.step ? ' step-now' : ''}${faulty(step) ? ' step-faulty' : ''}`}
              aria-current={step === editor.step ? 'step' : undefined}
              onClick={() => void editor.goTo(step)}
            >
              <span className="step-number">{faulty(step) ? '!' : index + 1}</span>
              <span className="step-name">{words.steps[step]}</span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function EditorProblem({ editor }: { editor: Editor }) {
  const words = useWords();
  if (editor.problem === null) return null;
  if (editor.problem.code === 'revision-stale') {
    return (
      <Alert
        type="error"
        showIcon
        title={words.editor.staleTitle}
        description={words.editor.staleText}
        action={<Button onClick={() => location.reload()}>{words.editor.staleReload}</Button>}
      />
    );
  }
  return (
    <Alert type="error" showIcon title={words.editor.problemTitle} description={sayProblem(editor.problem, words)} />
  );
}

function EditorButtons({ editor }: { editor: Editor }) {
  const words = useWords();
  const navigation = useNavigation();
  const index = STEPS.indexOf(editor.step);
  const [previous, next] = [STEPS[index - 1], STEPS[index + 1]];
  const { answer, savedAtMs } = editor;
  return (
    <div className="editor-buttons">
      {previous === undefined ? (
        <Button onClick={() => void navigation.go(answer === null ? '/' : `/activities/${answer.activity.id}`)}>
          {words.back}
        </Button>
      ) : (
        <Button onClick={() => void editor.goTo(previous)}>{words.editor.previous}</Button>
      )}
      <span className="quiet save-state" role="status">
        {editor.saving
          ? words.editor.saving
          : editor.dirty
            ? words.editor.unsaved
            : savedAtMs !== null && words.editor.saved(showTime(savedAtMs).slice(11))}
      </span>
      {next !== undefined && (
        <>
          <Button disabled={!editor.dirty} onClick={() => void editor.save()}>
            {words.editor.save}
          </Button>
          <Button type="primary" onClick={() => void editor.goTo(next)}>
            {words.editor.next}
          </Button>
        </>
      )}
    </div>
  );
}
