import { assert } from '../base/errors.ts';
import { mechanicOf } from './mechanics/list.ts';
import type { MechanicSettings } from './mechanics/list.ts';
import type { SettingsFault } from './mechanics/mechanic.ts';
import type { Lead } from './mechanics/lead.ts';
import type { Prize } from './prize-schema.ts';

/** Most mechanics one draw goes through. */
export const CHAIN_MAX = 3;

/** The mechanics of a rule: the main one and those it may lead to. */
export interface ChainedRule {
  readonly mechanic: MechanicSettings;
  readonly chained: readonly { readonly id: string; readonly mechanic: MechanicSettings }[];
  readonly prizes: readonly Prize[];
}

/** One mechanic at its place. */
export interface PlacedMechanic {
  readonly id: string;
  readonly settings: MechanicSettings;
  /** Where its settings stand in the rule. */
  readonly path: readonly (string | number)[];
}

/** Returns every mechanic of a rule, `main` first. */
export function placedMechanics({ mechanic, chained }: ChainedRule): readonly PlacedMechanic[] {
  return [
    { id: 'main', settings: mechanic, path: ['mechanic'] },
    ...chained.map((one, index) => ({ id: one.id, settings: one.mechanic, path: ['chained', index, 'mechanic'] })),
  ];
}

/** Returns the settings of the mechanic with an id. Throws OurBug for one that is not there: the schema knows them all. */
export function settingsOf({ mechanic, chained }: ChainedRule, id: string): MechanicSettings {
  if (id === 'main') return mechanic;
  const found = chained.find((one) => one.id === id);
  assert(found !== undefined, `there is no mechanic ${id}`);
  return found.mechanic;
}

/** Finds what is wrong with the mechanics of a rule, each fault at its path in the rule. */
export function chainFaults(rule: ChainedRule): readonly SettingsFault[] {
  const placed = placedMechanics(rule);
  const faults: SettingsFault[] = [];
  placed.forEach(({ id }, index) => {
    if (placed.findIndex((one) => one.id === id) !== index)
      faults.push({ path: ['chained', index - 1, 'id'], message: 'every mechanic needs an id of its own' });
  });
  for (const place of placed) faults.push(...settingsFaults(rule, place, placed));
  faults.push(...checkInFaults(placed));
  if (faults.length === 0 && !placed.every(({ id }) => isShort(rule, id, CHAIN_MAX))) {
    const message = `a draw goes through ${CHAIN_MAX} mechanics at most, and never round in a circle`;
    faults.push({ path: ['chained'], message });
  }
  return faults;
}

function settingsFaults(
  { prizes }: ChainedRule,
  { settings, path }: PlacedMechanic,
  placed: readonly PlacedMechanic[],
): readonly SettingsFault[] {
  const mechanic = mechanicOf(settings);
  const own = mechanic.faults?.(settings, prizes) ?? [];
  const leads = mechanic.reaches(settings, prizes).flatMap((reach) => {
    const message = 'leadsTo' in reach ? leadFault(reach.leadsTo, placed) : prizeFault(reach.prizeId, prizes);
    return message === null ? [] : [{ path: reach.path, message }];
  });
  return [...leads, ...own].map((fault) => ({ ...fault, path: [...path, ...fault.path] }));
}

/** Days are kept for the activity, not for each of its mechanics, so one of them checks in. */
function checkInFaults(placed: readonly PlacedMechanic[]): readonly SettingsFault[] {
  const checkIns = placed.filter(({ settings }) => settings.kind === 'check-in');
  const first = checkIns[0]?.id ?? null;
  const second = checkIns.slice(1).map(({ path }) => {
    return { path: [...path, 'kind'], message: `an activity checks in by one mechanic, and ${first} is it` };
  });
  const strays = placed.flatMap(({ settings, path }) => {
    if (settings.kind !== 'make-up' || !placed.some(({ id }) => id === settings.in) || settings.in === first) return [];
    return [{ path: [...path, 'in'], message: `${settings.in} is no check-in` }];
  });
  return [...second, ...strays];
}

function prizeFault(prizeId: string, prizes: readonly Prize[]): string | null {
  return prizes.some(({ id }) => id === prizeId) ? null : `there is no prize ${prizeId}`;
}

function leadFault(lead: Lead, placed: readonly PlacedMechanic[]): string | null {
  const settings = placed.find(({ id }) => id === lead.in)?.settings;
  if (settings === undefined) return `there is no mechanic ${lead.in}`;
  const earned = (settings.kind === 'lottery' && settings.chances === 'earned') || settings.kind === 'make-up';
  return lead.kind === 'draw' || earned ? null : `${lead.in} is neither a lottery of earned chances nor a make-up`;
}

/** Follows every lead; a circle is longer than any bound. */
function isShort(rule: ChainedRule, id: string, left: number): boolean {
  if (left === 0) return false;
  const settings = settingsOf(rule, id);
  return mechanicOf(settings)
    .reaches(settings, rule.prizes)
    .every(
      (reach) => !('leadsTo' in reach) || reach.leadsTo.kind !== 'draw' || isShort(rule, reach.leadsTo.in, left - 1),
    );
}
