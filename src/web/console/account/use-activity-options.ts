import { useMemo } from 'react';
import { useSession } from '../state/session.tsx';
import { useLoaded } from '../state/use-loaded.ts';

/** The activities of an account, to choose one from. */
export interface ActivityOptions {
  readonly options: readonly { readonly value: string; readonly label: string }[];
  /** The name of an activity; its id where the list has none, null for none. */
  readonly nameOf: (id: string | null) => string | null;
}

/** Loads the activities that a reply, a button or a code of the account may lead into. */
export function useActivityOptions(account: string): ActivityOptions {
  const { api } = useSession();
  const { loaded } = useLoaded(api.everyActivity);
  return useMemo(() => {
    const all = loaded.state === 'ready' ? loaded.data : [];
    const own = all.filter(({ accountId, state }) => accountId === account && state !== 'stopped');
    return {
      options: own.map(({ id, name }) => ({ value: id, label: name })),
      nameOf: (id) => (id === null ? null : (all.find((one) => one.id === id)?.name ?? id)),
    };
  }, [loaded, account]);
}
