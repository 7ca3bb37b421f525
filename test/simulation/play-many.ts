import { openMemoryStore } from './memory-store.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import type { PlantedBug } from './planted-bugs.ts';
import { playSeed } from './world.ts';
import type { RunResult } from './world.ts';

/** Plays one seed in memory, with a planted bug if one is named. */
export function playInMemory(
  seed: string,
  options: { readonly bug?: PlantedBug | null; readonly keep?: boolean } = {},
): Promise<RunResult> {
  const bug = options.bug ?? null;
  return playSeed({
    seed,
    keep: options.keep ?? false,
    openStore: async (time) => openMemoryStore((store) => (bug === null ? store : PLANTED_BUGS[bug](store, time))),
  });
}

/** The seeds from 1 to this. */
export function seedsTo(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(index + 1));
}

/** Plays seeds with a planted bug until one breaks this law, at most so many; null when none does. */
export async function firstBreach(bug: PlantedBug, law: string, seedsMax: number): Promise<RunResult | null> {
  for (const seed of seedsTo(seedsMax)) {
    const result = await playInMemory(seed, { bug });
    if (result.violations.some((violation) => violation.law === law)) return result;
  }
  return null;
}
