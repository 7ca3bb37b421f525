import { showYuan } from '../parts/money.ts';

/** What pausing, versions and the worst case say, in Chinese. */
export const lifeZh = {
  pause: {
    action: '暂停',
    title: '暂停这个活动？',
    text: '暂停后马上没有人能再参与，粉丝会收到“活动暂停时”的回复；已经中的奖照常发放。随时可以恢复。',
    confirm: '暂停',
    done: '活动已暂停',
  },
  resume: {
    action: '恢复',
    title: '恢复这个活动？',
    text: '恢复后粉丝马上可以继续参与，次数、奖品和预算都从暂停前接着算。',
    confirm: '恢复',
    done: '活动已恢复',
  },
  versions: {
    version: (version: number) => `第 ${version} 版`,
    draft: '现在的草稿',
    inForce: '正在生效',
    unknown: '安装时设置',
    compare: '比较两个版本',
    from: '从哪一版',
    to: '到哪一版',
    same: '没有不同。',
    changes: '这次修改了',
  },
  tell: '可以这样告诉粉丝',
  worstCase: {
    ask: (worstFen: number) => `奖品全部发完要 ${showYuan(worstFen)}，超过预算：请选一种`,
  },
};

export type LifeWords = typeof lifeZh;
