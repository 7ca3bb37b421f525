import { useEffect, useRef, useState } from 'react';
import type { ActivityPageState } from '../../../http/contract/activity-page.ts';
import type { LookAtDraftAnswer } from '../../../http/contract/console-try.ts';
import type { PreviewMessage } from '../preview/preview-message.ts';
import { useSpeech } from '../state/language.tsx';
import { text } from './draft.ts';
import { ChatPreview } from './chat-preview.tsx';
import { useEditorTools } from './editor-context.tsx';

/** The activity's real page in a phone, as the draft stands now. It can be played; nobody draws. */
export function PhonePreview({ looked }: { looked: LookAtDraftAnswer | null }) {
  const { words } = useSpeech();
  const { preview } = words;
  const { editor } = useEditorTools();
  // While the draft has faults the last page that had none stays.
  const [page, setPage] = useState<ActivityPageState | null>(null);
  useEffect(() => {
    if (looked?.page) setPage(looked.page as unknown as ActivityPageState);
  }, [looked]);
  if (editor.at(['trigger', 'page']) !== true) return <ChatPreview form={editor.form} />;
  const isOld = looked !== null && looked.page === null;
  return (
    <aside className="preview" aria-label={preview.title}>
      <h3>{preview.title}</h3>
      <p className="quiet">{isOld ? preview.old : preview.lead}</p>
      <div className="phone">
        {page === null ? <p className="phone-empty">{preview.empty}</p> : <Phone page={page} />}
      </div>
    </aside>
  );
}

function Phone({ page }: { page: ActivityPageState }) {
  const { words, language } = useSpeech();
  const { editor } = useEditorTools();
  const frame = useRef<HTMLIFrameElement>(null);
  const [ready, setReady] = useState(false);
  const [win, lose] = [text(editor.at(['texts', 'win'])), text(editor.at(['texts', 'lose']))];
  const shown = JSON.stringify({
    state: { ...page, nowMs: 0 },
    language,
    texts: { win, lose },
  } satisfies PreviewMessage);
  useEffect(() => {
    const hear = (event: MessageEvent<unknown>): void => {
      if (event.source === frame.current?.contentWindow && event.data === 'preview-ready') setReady(true);
    };
    window.addEventListener('message', hear);
    return () => window.removeEventListener('message', hear);
  }, []);
  useEffect(() => {
    if (ready) frame.current?.contentWindow?.postMessage(JSON.parse(shown), location.origin);
  }, [ready, shown]);
  return <iframe ref={frame} title={words.preview.title} src="/console/page-preview.html" />;
}
