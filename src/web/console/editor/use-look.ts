import { useEffect, useState } from 'react';
import type { LookAtDraftAnswer } from '../../../http/contract/console-try.ts';
import { useSession } from '../state/session.tsx';
import type { EditorForm } from './use-editor.ts';

/** Typing is waited out, so that the service is asked once a word and not once a letter. */
const QUIET_MS = 350;

/** What the service says of the draft as it stands now, saved or not: faults, odds, cost, page. Null before the first answer. */
export function useLook(form: EditorForm): LookAtDraftAnswer | null {
  const { api } = useSession();
  const { accountId, name, draft } = form;
  const [looked, setLooked] = useState<LookAtDraftAnswer | null>(null);
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      // Beside the form nothing is said of a service that is away: saving says it.
      api.drafts.look({ accountId, name, draft }).then(
        (answer) => current && setLooked(answer),
        () => {},
      );
    }, QUIET_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [api, accountId, name, draft]);
  return looked;
}
