import { Tag } from 'antd';
import { useWords } from '../state/language.tsx';
import { showYuan } from './money.ts';
import { showShare } from './show.ts';

export type ShownState = 'draft' | 'scheduled' | 'published' | 'ended' | 'paused' | 'stopped';

/** The state a person sees: a published activity may not have begun yet, or be past its end. */
export function shownState(
  activity: {
    readonly state: 'draft' | 'published' | 'paused' | 'stopped';
    readonly startsAtMs: number | null;
    readonly endsAtMs: number | null;
  },
  nowMs: number,
): ShownState {
  if (activity.state !== 'published') return activity.state;
  if (activity.startsAtMs !== null && nowMs < activity.startsAtMs) return 'scheduled';
  if (activity.endsAtMs !== null && nowMs >= activity.endsAtMs) return 'ended';
  return 'published';
}

export function StateTag({ state }: { state: ShownState }) {
  return <Tag className={`state state-${state}`}>{useWords().states[state]}</Tag>;
}

/** How much of a budget is used, as a bar with its numbers. */
export function BudgetBar({ spentFen, budgetFen }: { spentFen: number; budgetFen: number }) {
  const share = budgetFen === 0 ? 0 : spentFen / budgetFen;
  return (
    <div className="budget">
      <div className="budget-numbers">
        <span>{showYuan(spentFen)}</span>
        <span className="quiet">
          / {showYuan(budgetFen)} · {showShare(Math.floor(share * 1000) / 1000)}
        </span>
      </div>
      <Bar share={share} />
    </div>
  );
}

/** A bar filled to a share; the numbers beside it say the same. */
export function Bar({ share }: { share: number }) {
  const level = share >= 0.9 ? 'bar bar-high' : 'bar';
  return (
    <div className={level} aria-hidden="true">
      <div style={{ width: `${Math.min(100, share * 100)}%` }} />
    </div>
  );
}
