import { placedMechanics } from './chains.ts';
import type { ChainedRule } from './chains.ts';
import { mechanicOf } from './mechanics/list.ts';
import type { Prize } from './prize-schema.ts';

/** Returns the prizes that a rule can ever give, by any of its mechanics. */
export function winnablePrizes(rule: ChainedRule): readonly Prize[] {
  const reached = new Set<string>();
  for (const { settings } of placedMechanics(rule)) {
    for (const reach of mechanicOf(settings).reaches(settings, rule.prizes)) {
      if ('prizeId' in reach) reached.add(reach.prizeId);
    }
  }
  return rule.prizes.filter(({ id }) => reached.has(id));
}
