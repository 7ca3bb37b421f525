import { placedMechanics } from './chains.ts';
import type { ChainedRule } from './chains.ts';
import type { SettingsFault } from './mechanics/mechanic.ts';

/** A pool of codes that a rule needs, and where the rule says so. */
export interface NeededPool {
  readonly pool: string;
  readonly purpose: 'entry' | 'voucher';
  /** How many codes it needs at least. */
  readonly codes: number;
  readonly path: readonly (string | number)[];
}

/** Returns every pool of codes that a rule names: those of its mechanics, then those of its prizes. */
export function neededPools(rule: ChainedRule): readonly NeededPool[] {
  const entries = placedMechanics(rule).flatMap(({ settings, path }) =>
    settings.kind === 'code'
      ? [{ pool: settings.pool, purpose: 'entry' as const, codes: 1, path: [...path, 'pool'] }]
      : [],
  );
  const vouchers = rule.prizes.flatMap((prize, index) =>
    prize.kind === 'voucher'
      ? [{ pool: prize.pool, purpose: 'voucher' as const, codes: prize.stock, path: ['prizes', index, 'pool'] }]
      : [],
  );
  return [...entries, ...vouchers];
}

/** Returns the pool of the codes that people enter by, or null for a rule without. */
export function entryPool(rule: ChainedRule): string | null {
  return neededPools(rule).find(({ purpose }) => purpose === 'entry')?.pool ?? null;
}

/** Finds pools that a rule uses twice, and codes that lead to no mechanic that takes them. */
export function poolFaults(
  rule: ChainedRule & { readonly trigger: { readonly codes: string | null } },
  codesLeadTo: string,
): readonly SettingsFault[] {
  const needed = neededPools(rule);
  const faults: SettingsFault[] = [];
  for (const [index, { pool, purpose, path }] of needed.entries()) {
    const before = needed.slice(0, index);
    if (purpose === 'entry' && before.some((one) => one.purpose === 'entry'))
      faults.push({ path, message: 'a rule takes the codes of one mechanic only' });
    else if (before.some((one) => one.pool === pool))
      faults.push({ path, message: `the pool ${pool} is in use by another part of this rule` });
  }
  const { codes } = rule.trigger;
  const target = placedMechanics(rule).find(({ id }) => id === codesLeadTo)?.settings;
  if (codes !== null && target !== undefined && (target.kind !== 'code' || target.pool !== codes))
    faults.push({
      path: ['trigger', 'codes'],
      message: `${codesLeadTo} is no mechanic that takes the codes of ${codes}`,
    });
  return faults;
}
