import { useEffect, useMemo, useState } from 'react';
import { EditorProvider } from '../editor/editor-context.tsx';
import { EditorView } from '../editor/editor.tsx';
import { PhonePreview } from '../editor/phone-preview.tsx';
import { QuickStart } from '../editor/quick-start.tsx';
import { drawField } from '../editor/schema-field.tsx';
import { formFromTemplate, TEMPLATE_NAMES } from '../editor/templates.ts';
import type { TemplateName } from '../editor/templates.ts';
import { useEditor } from '../editor/use-editor.ts';
import { useLook } from '../editor/use-look.ts';
import { WhenLoaded } from '../parts/notices.tsx';
import { useWords } from '../state/language.tsx';
import { Link, useNavigation } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { NotFoundPage } from './not-found-page.tsx';
import { useEditorSurroundings } from './use-editor-surroundings.ts';
import type { EditorSurroundings } from './use-editor-surroundings.ts';

/** Begins an activity from a template. */
export function NewActivityPage({ template }: { template: string }) {
  const words = useWords();
  const { loaded, reload } = useLoaded(useEditorSurroundings());
  const name = TEMPLATE_NAMES.find((known) => known === template);
  if (name === undefined) return <NotFoundPage />;
  return (
    <>
      <nav className="crumbs">
        <Link to="/">{words.activities.title}</Link> / <Link to="/activities/new">{words.templates.title}</Link>
      </nav>
      <div className="page-head">
        <h1>
          {words.editor.newTitle}
          {words.colon}
          {words.templates[name].name}
        </h1>
      </div>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {(around) => <NewActivity template={name} around={around} />}
      </WhenLoaded>
    </>
  );
}

function NewActivity({ template, around }: { template: TemplateName; around: EditorSurroundings }) {
  const { api } = useSession();
  const navigation = useNavigation();
  const first = useMemo(() => {
    const ending = Math.trunc(Math.random() * 36 ** 4)
      .toString(36)
      .padStart(4, '0');
    return { ...formFromTemplate(template, ending), accountId: around.accounts[0]?.id ?? '' };
  }, [template, around]);
  const [step, setStep] = useState<'quick' | 'all'>('quick');
  const editor = useEditor({ api, first, stored: null, firstStep: 'basic' });
  const tools = useMemo(() => ({ ...around, editor, drawField }), [around, editor]);
  const looked = useLook(editor.form);
  const id = editor.answer?.activity.id;
  // Once it is stored it has an address of its own, where a reload finds it again.
  useEffect(() => {
    if (id !== undefined) void navigation.go(`/activities/${id}/edit/${editor.step}`, { replace: true });
  }, [id, editor.step, navigation]);
  if (step === 'all') return <EditorView editor={editor} {...around} />;
  return (
    <EditorProvider value={tools}>
      <div className="quick">
        <QuickStart template={template} first={first} accounts={around.accounts} onSteps={() => setStep('all')} />
        <PhonePreview looked={looked} />
      </div>
    </EditorProvider>
  );
}
