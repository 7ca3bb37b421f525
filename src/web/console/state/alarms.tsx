import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { AlarmsAnswer } from '../../../http/contract/console-payments.ts';
import { usePath } from './navigation.tsx';
import { useSession } from './session.tsx';
import { useRefresh } from './use-refresh.ts';

const POLL_MS = 30_000;

/** The open alarms as last seen, and the way to look again at once, after something was done about one. */
interface AlarmsSeen extends AlarmsAnswer {
  readonly look: () => void;
  readonly set: (answer: AlarmsAnswer) => void;
}

const NONE: AlarmsAnswer = { alarms: [], open: 0 };
const AlarmsContext = createContext<AlarmsSeen>({ ...NONE, look: () => {}, set: () => {} });

/** Keeps an eye on the alarms for every page: half a minute apart, with every new page, and when the tab comes back. */
export function AlarmsProvider({ children }: { children: ReactNode }) {
  const { api, may } = useSession();
  const path = usePath();
  const [answer, setAnswer] = useState<AlarmsAnswer>(NONE);
  const looks = useRef(0);
  const allowed = may('payments.view');
  const look = useCallback(() => {
    if (!allowed) return;
    const mine = (looks.current += 1);
    // What was asked before something newer was known shows again what was done away with. A look that fails leaves
    // what was seen before: the next one is not far.
    const show = (found: AlarmsAnswer): void => {
      if (mine === looks.current) setAnswer(found);
    };
    api.payments.alarms().then(show, () => {});
  }, [api, allowed]);
  const set = useCallback((found: AlarmsAnswer) => {
    looks.current += 1;
    setAnswer(found);
  }, []);
  useEffect(look, [look, path]);
  useRefresh(look, POLL_MS);
  const seen = useMemo(() => ({ ...answer, look, set }), [answer, look, set]);
  return <AlarmsContext.Provider value={seen}>{children}</AlarmsContext.Provider>;
}

export function useAlarms(): AlarmsSeen {
  return useContext(AlarmsContext);
}
