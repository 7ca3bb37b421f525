import { z } from 'zod';
import { assert } from '../../base/errors.ts';
import { chances } from './chances.ts';
import { checkIn } from './check-in.ts';
import { code } from './code.ts';
import { keyword } from './keyword.ts';
import { lottery } from './lottery.ts';
import { makeUp } from './make-up.ts';
import type { Mechanic } from './mechanic.ts';

/** Every mechanic there is: what is not in this list is no part of a rule. */
const mechanics = [lottery, keyword, checkIn, chances, code, makeUp] as const;

type Schemas<List> = { readonly [Index in keyof List]: List[Index] extends { schema: infer Schema } ? Schema : never };

/** The settings of any mechanic, told apart by `kind`. */
export const mechanicSchema = z.discriminatedUnion(
  'kind',
  // `map` forgets that each place of the list has a type of its own.
  mechanics.map(({ schema }) => schema) as unknown as Schemas<typeof mechanics>,
);
export type MechanicSettings = z.infer<typeof mechanicSchema>;

/** Returns the mechanic that settings belong to. */
export function mechanicOf(settings: MechanicSettings): Mechanic<MechanicSettings> {
  const found = mechanics.find(({ kind }) => kind === settings.kind);
  assert(found !== undefined, 'settings are parsed by the list of mechanics');
  return found;
}
