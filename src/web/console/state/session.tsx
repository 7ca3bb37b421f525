import { createContext, useContext } from 'react';
import type { SessionAnswer } from '../../../http/contract/console-session.ts';
import type { Api } from './api.ts';

/** Who is signed in, and the API to act by. */
export interface Session {
  readonly api: Api;
  readonly who: SessionAnswer;
  readonly may: (permission: string) => boolean;
  readonly signOut: () => void;
}

const SessionContext = createContext<Session | null>(null);
export const SessionProvider = SessionContext.Provider;

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('a page that needs a session stands inside a SessionProvider');
  return session;
}
