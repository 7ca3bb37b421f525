import { useCallback, useMemo } from 'react';
import type { ActivityAnswer } from '../../../http/contract/console-activities.ts';
import { EditorView } from '../editor/editor.tsx';
import { STEPS } from '../editor/steps.ts';
import { formOf, useEditor } from '../editor/use-editor.ts';
import { WhenLoaded } from '../parts/notices.tsx';
import { useWords } from '../state/language.tsx';
import { Link } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { useEditorSurroundings } from './use-editor-surroundings.ts';
import type { EditorSurroundings } from './use-editor-surroundings.ts';

/** Edits a stored activity, beginning at the step the address names. */
export function EditActivityPage({ id, step }: { id: string; step: string | undefined }) {
  const words = useWords();
  const { api } = useSession();
  const surroundings = useEditorSurroundings();
  const load = useCallback(async () => {
    const [answer, around] = await Promise.all([api.activity(id), surroundings()]);
    return { answer, around };
  }, [api, id, surroundings]);
  const { loaded, reload } = useLoaded(load);
  return (
    <>
      {loaded.state === 'ready' && (
        <nav className="crumbs" aria-label={words.activities.title}>
          <Link to={`/activities/${id}`}>{loaded.data.answer.activity.name}</Link>
        </nav>
      )}
      <div className="page-head">
        <h1>{words.editor.editTitle}</h1>
      </div>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {(data) => <EditActivity {...data} step={step} />}
      </WhenLoaded>
    </>
  );
}

function EditActivity(props: { answer: ActivityAnswer; around: EditorSurroundings; step: string | undefined }) {
  const { api } = useSession();
  const first = useMemo(() => formOf(props.answer), [props.answer]);
  const locked = props.answer.activity.publishedVersion !== null;
  const firstStep = STEPS.find((name) => name === props.step) ?? (locked ? 'texts' : 'basic');
  const editor = useEditor({ api, first, stored: props.answer, firstStep });
  return <EditorView editor={editor} {...props.around} />;
}
