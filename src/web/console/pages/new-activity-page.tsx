import { useEffect, useMemo } from 'react';
import { EditorView } from '../editor/editor.tsx';
import type { Accounts } from '../editor/editor.tsx';
import { formFromTemplate, TEMPLATE_NAMES } from '../editor/templates.ts';
import type { TemplateName } from '../editor/templates.ts';
import { useEditor } from '../editor/use-editor.ts';
import { WhenLoaded } from '../parts/notices.tsx';
import { useWords } from '../state/language.tsx';
import { Link, useNavigation } from '../state/navigation.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { NotFoundPage } from './not-found-page.tsx';

/** Begins an activity from a template. */
export function NewActivityPage({ template }: { template: string }) {
  const words = useWords();
  const { api } = useSession();
  const { loaded, reload } = useLoaded(api.accounts);
  const name = TEMPLATE_NAMES.find((known) => known === template);
  if (name === undefined) return <NotFoundPage />;
  return (
    <>
      <nav className="crumbs">
        <Link to="/">{words.activities.title}</Link> / <Link to="/activities/new">{words.templates.title}</Link>
      </nav>
      <div className="page-head">
        <h1>{words.editor.newTitle}</h1>
      </div>
      <WhenLoaded loaded={loaded} onRetry={reload}>
        {({ accounts }) => <NewActivity template={name} accounts={accounts} />}
      </WhenLoaded>
    </>
  );
}

function NewActivity({ template, accounts }: { template: TemplateName; accounts: Accounts }) {
  const { api } = useSession();
  const navigation = useNavigation();
  const first = useMemo(() => {
    const ending = Math.trunc(Math.random() * 36 ** 4)
      .toString(36)
      .padStart(4, '0');
    return { ...formFromTemplate(template, ending), accountId: accounts[0]?.id ?? '' };
  }, [template, accounts]);
  const editor = useEditor({ api, first, stored: null, firstStep: 'basic' });
  const id = editor.answer?.activity.id;
  // Once it is stored it has an address of its own, where a reload finds it again.
  useEffect(() => {
    if (id !== undefined) void navigation.go(`/activities/${id}/edit/${editor.step}`, { replace: true });
  }, [id, editor.step, navigation]);
  return <EditorView editor={editor} accounts={accounts} />;
}
