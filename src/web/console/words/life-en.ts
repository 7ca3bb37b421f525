import { showYuan } from '../parts/money.ts';
import type { LifeWords } from './life-zh.ts';

/** What pausing, versions and the worst case say, in English. */
export const lifeEn: LifeWords = {
  pause: {
    action: 'Pause',
    title: 'Pause this activity?',
    text: 'Nobody can take part from that moment on; followers who try get the “paused” reply, and what was won is still paid. You can go on at any time.',
    confirm: 'Pause',
    done: 'The activity is paused',
  },
  resume: {
    action: 'Resume',
    title: 'Resume this activity?',
    text: 'Followers can take part again at once; chances, prizes and the budget go on from where they were.',
    confirm: 'Resume',
    done: 'The activity goes on',
  },
  versions: {
    version: (version) => `Version ${version}`,
    draft: 'The draft as it is',
    inForce: 'in force',
    unknown: 'set up with the installation',
    compare: 'Compare two versions',
    from: 'From version',
    to: 'To version',
    same: 'Nothing is different.',
    changes: 'What changes',
  },
  tell: 'What the person may be told',
  worstCase: {
    ask: (worstFen) => `All prizes cost ${showYuan(worstFen)}, more than the budget: choose one`,
  },
};
