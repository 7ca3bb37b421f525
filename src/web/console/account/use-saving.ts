import { App } from 'antd';
import { useCallback, useState } from 'react';
import { sayFault } from '../editor/faults.ts';
import { sayProblem } from '../parts/notices.tsx';
import { ApiProblem } from '../state/api.ts';
import { useWords } from '../state/language.tsx';

/** Saving of a form whose faults are shown at their fields. */
export interface Saving {
  readonly busy: boolean;
  /** Resolves to whether it worked. */
  readonly save: (work: () => Promise<unknown>, done: string) => Promise<boolean>;
  /** What is wrong with the field at a path, as the service named it. */
  readonly faultAt: (path: string) => string | undefined;
}

/** Saves, and keeps what the service refused until the next try. */
export function useSaving(): Saving {
  const words = useWords();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const [faults, setFaults] = useState<ApiProblem['faults']>([]);
  const save = useCallback(
    async (work: () => Promise<unknown>, done: string) => {
      setBusy(true);
      setFaults([]);
      try {
        await work();
        void message.success(done);
        return true;
      } catch (problem) {
        if (!(problem instanceof ApiProblem)) throw problem;
        setFaults(problem.faults);
        const stale = problem.code === 'revision-stale';
        void message.error(stale ? words.account.stale : sayProblem(problem, words));
        return false;
      } finally {
        setBusy(false);
      }
    },
    [message, words],
  );
  const faultAt = (path: string): string | undefined => {
    const fault = faults.find((one) => one.path === path || one.path.startsWith(`${path}.`));
    return fault === undefined ? undefined : sayFault(fault, words);
  };
  return { busy, save, faultAt };
}
