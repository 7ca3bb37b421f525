import { assert } from '../base/errors.ts';
import type { ActivityRule } from './activity-rule.ts';
import { luckBounds, needsSeed } from './engine.ts';
import { chanceFrom } from './luck.ts';
import type { DrawLuck } from './luck.ts';

/**
 * Returns the luck of a draw by a rule from 256 uniform bits, 64 hex digits: tickets come one after the other from the
 * first half, expanded as `chanceFrom` says, and the second half is the seed. docs/fairness.md tells where the bits come from.
 * Throws OurBug for bits of another length.
 */
export function luckFrom(rule: ActivityRule, bits: string): DrawLuck {
  // That they are hex is looked at by whoever expands them: here it would be once more for every draw.
  assert(bits.length === 64, 'the bits of a luck are 64 hex digits');
  const chance = chanceFrom(bits.slice(0, 32));
  const tickets = luckBounds(rule).map((bound) => (bound === 0 ? 0 : chance.below(bound)));
  return { tickets, seed: needsSeed(rule) ? bits.slice(32) : '' };
}

/** Says whether a draw by this rule has anything to do with luck. */
export function needsLuck(rule: ActivityRule): boolean {
  return needsSeed(rule) || luckBounds(rule).some((bound) => bound > 0);
}

/** The luck of a draw by a rule without chance. */
export function noLuck(rule: ActivityRule): DrawLuck {
  return { tickets: luckBounds(rule).map(() => 0), seed: '' };
}

/** A luck that is made once it is looked at: a draw that is refused needs none. */
export function lateLuck(make: () => DrawLuck): DrawLuck {
  let made: DrawLuck | null = null;
  return {
    get tickets() {
      return (made ??= make()).tickets;
    },
    get seed() {
      return (made ??= make()).seed;
    },
  };
}
