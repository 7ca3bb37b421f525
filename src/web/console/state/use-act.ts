import { App } from 'antd';
import { useCallback, useState } from 'react';
import { sayProblem } from '../parts/notices.tsx';
import { ApiProblem } from './api.ts';
import { useAlarms } from './alarms.tsx';
import { useWords } from './language.tsx';

/**
 * Does something by the API: says `done` when it worked and what is wrong when not, and looks at the alarms again.
 * Resolves to whether it worked.
 */
export function useAct(): {
  readonly busy: boolean;
  readonly act: (work: () => Promise<unknown>, done: string | (() => string)) => Promise<boolean>;
} {
  const words = useWords();
  const { message } = App.useApp();
  const { look } = useAlarms();
  const [busy, setBusy] = useState(false);
  const act = useCallback(
    async (work: () => Promise<unknown>, done: string | (() => string)) => {
      setBusy(true);
      try {
        await work();
        void message.success(typeof done === 'string' ? done : done());
        return true;
      } catch (problem) {
        if (!(problem instanceof ApiProblem)) throw problem;
        void message.error(sayProblem(problem, words));
        return false;
      } finally {
        setBusy(false);
        look();
      }
    },
    [message, words, look],
  );
  return { busy, act };
}
