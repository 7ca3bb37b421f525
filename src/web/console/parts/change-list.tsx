import { useCallback } from 'react';
import { useSpeech } from '../state/language.tsx';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';
import { WhenLoaded } from './notices.tsx';

/** What differs between two versions of an activity's rule, or one and the draft: each field before and after. */
export function ChangeList({ id, from, to }: { id: string; from: number | 'draft'; to: number | 'draft' }) {
  const { language, words } = useSpeech();
  const { api } = useSession();
  const load = useCallback(() => api.changes(id, { from, to }), [api, id, from, to]);
  const { loaded, reload } = useLoaded(load);
  return (
    <WhenLoaded loaded={loaded} onRetry={reload}>
      {({ changes }) =>
        changes.length === 0 ? (
          <p className="quiet">{words.versions.same}</p>
        ) : (
          <dl className="change-list">
            {changes.map(({ path, label, before, after }) => (
              <div key={path}>
                <dt>{label[language]}</dt>
                <dd>
                  <del>{before[language]}</del> <span aria-hidden="true">→</span> <ins>{after[language]}</ins>
                </dd>
              </div>
            ))}
          </dl>
        )
      }
    </WhenLoaded>
  );
}
