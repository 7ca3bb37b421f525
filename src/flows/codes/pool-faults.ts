import type { ActivityId } from '../../base/ids.ts';
import type { ActivityRule } from '../../rules/activity-rule.ts';
import { neededPools } from '../../rules/rule-pools.ts';
import type { NeededPool } from '../../rules/rule-pools.ts';
import type { BoundPool } from '../ports/code-pools.ts';

/** Finds pools that a rule names and cannot use: missing, not ready, for something else, too small, of another activity. */
export function poolsInVain(
  rule: ActivityRule,
  activity: ActivityId,
  pools: readonly BoundPool[],
): readonly { readonly path: string; readonly message: string }[] {
  return neededPools(rule).flatMap((needed) => {
    const message = faultOf(
      needed,
      activity,
      pools.find(({ id }) => id === needed.pool),
    );
    return message === null ? [] : [{ path: needed.path.join('.'), message }];
  });
}

function faultOf(needed: NeededPool, activity: ActivityId, pool: BoundPool | undefined): string | null {
  if (pool === undefined || pool.state === 'dropped') return `there is no pool ${needed.pool}: make it first`;
  if (pool.purpose !== needed.purpose) {
    const [is, takes] = pool.purpose === 'entry' ? ['entry codes', 'vouchers'] : ['vouchers', 'entry codes'];
    return `the pool ${pool.id} is of ${is}, and here it takes one of ${takes}`;
  }
  if (pool.state === 'making') return `the pool ${pool.id} is still being made: wait until it is ready`;
  if (pool.activityId !== null && pool.activityId !== activity)
    return `the pool ${pool.id} belongs to another activity: make a pool of its own`;
  if (pool.size < needed.codes) return `the pool ${pool.id} has ${pool.size} codes, and ${needed.codes} are needed`;
  return null;
}
