/** One sentence in both languages. */
export interface Said {
  readonly en: string;
  readonly zh: string;
}

/** What usually stands behind something that is wrong, and what to do about it. */
export interface Advice {
  /** The most usual first. */
  readonly causes: readonly Said[];
  /** What to do, and where. */
  readonly todo: readonly Said[];
}

/** What one check came to. */
export interface Finding extends Advice {
  readonly check: Check;
  /** Which account, merchant or variable it is about. */
  readonly about: string;
  readonly state: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly found: Said;
}

export const CHECKS = [
  'configuration',
  'database',
  'schema',
  'clock-database',
  'redis',
  'pay-host',
  'clock',
  'address',
  'public-url',
  'app-secret',
  'merchant',
  'key-length',
  'certificate',
  'signed-query',
] as const;
export type Check = (typeof CHECKS)[number];

type Place = Pick<Finding, 'check' | 'about'>;

/** One sentence in English and in Chinese. */
export function said(en: string, zh: string): Said {
  return { en, zh };
}

/** It is as it should be. */
export function fine(place: Place, found: Said): Finding {
  return { ...place, state: 'ok', found, causes: [], todo: [] };
}

/** It was not looked at. */
export function skipped(place: Place, found: Said): Finding {
  return { ...place, state: 'skipped', found, causes: [], todo: [] };
}

/** It is not as it should be. */
export function trouble(place: Place, found: Said, advice: Advice & { readonly state?: 'warning' }): Finding {
  const { state = 'failed', causes, todo } = advice;
  return { ...place, state, found, causes, todo };
}
