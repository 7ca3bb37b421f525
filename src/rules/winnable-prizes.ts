import type { ActivityRule } from './activity-rule.ts';
import { mechanicOf } from './mechanics/list.ts';
import type { Prize } from './prize-schema.ts';

/** Returns the prizes that a rule can ever give. */
export function winnablePrizes({ mechanic, prizes }: ActivityRule): readonly Prize[] {
  const reached = mechanicOf(mechanic).reaches(mechanic, prizes);
  return prizes.filter(({ id }) => reached.some(({ prizeId }) => prizeId === id));
}
