import type { AccountId, Openid } from '../base/ids.ts';
import type { Condition, ConditionLeaf, Who } from './conditions-schema.ts';

/** Somebody as a follower, by WeChat's events and what it was asked since. Times are Unix ms. */
export interface FollowerFacts {
  readonly following: boolean;
  readonly firstFollowedAtMs: number | null;
  /** The latest follow. */
  readonly followedAtMs: number | null;
}

/** How often, of this activity and of any; counts stop at what the rule asks for. */
export interface Counted {
  readonly here: number;
  readonly anywhere: number;
}

/** What conditions look at of a person, as far as the rule asks for it. Null is what nobody knows. */
export interface PersonFacts {
  readonly follower: FollowerFacts | null;
  readonly tagIds: readonly number[] | null;
  /** When they won, newest first, in Unix ms. */
  readonly wins: { readonly here: readonly number[]; readonly anywhere: readonly number[] } | null;
  /** Those of the rule's lists that they stand on. */
  readonly lists: readonly string[] | null;
  /** Everyone with the same union id, this person included. */
  readonly union: { readonly id: string; readonly draws: Counted; readonly wins: Counted } | null;
  /** When they drew in this activity lately, in Unix ms, refused draws left out. */
  readonly drawsAtMs: readonly number[] | null;
}

/** Somebody of whom nothing is known. */
export const NOBODY_KNOWN: PersonFacts = {
  follower: null,
  tagIds: null,
  wins: null,
  lists: null,
  union: null,
  drawsAtMs: null,
};

/** Where a draw came from, each as a keyed hash that tells nobody what it stands for. A chat tells neither. */
export interface DrawOrigin {
  readonly ip: string | null;
  readonly device: string | null;
}

/** What conditions are decided by at one moment. */
export interface ConditionFacts {
  readonly account: AccountId;
  /** Unix ms of the request. */
  readonly atMs: number;
  readonly person: PersonFacts;
  /** Draws of this activity from the same address and device lately; null where the address or device is not known. */
  readonly ipDrawsAtMs: readonly number[] | null;
  readonly deviceDrawsAtMs: readonly number[] | null;
}

export type FactKind = 'follower' | 'tags' | 'awards' | 'lists' | 'union' | 'velocity';

/** What of a draw's origin draws can be counted by. */
export type OriginKind = keyof DrawOrigin;

/** What has to be loaded of everyone before a rule can be asked about them. */
export interface FactsNeeded {
  readonly kinds: ReadonlySet<FactKind>;
  /** The newest so many wins and draws are enough. */
  readonly winsMost: number;
  readonly drawsMost: number;
  readonly unionMost: number;
  /** Draws before so many seconds matter to nothing. */
  readonly drawsWithinSeconds: number;
  readonly lists: readonly string[];
  /** By what of their origin draws are counted, and thus written down; the newest `drawsMost` of each are enough. */
  readonly origins: ReadonlySet<OriginKind>;
}

const KIND_NEEDED: Readonly<Record<ConditionLeaf['kind'], FactKind | null>> = {
  follows: 'follower',
  'followed-for': 'follower',
  tagged: 'tags',
  account: null,
  won: 'awards',
  listed: 'lists',
  period: null,
  hours: null,
  union: 'union',
  velocity: 'velocity',
};

/** Says what a rule's conditions look at, `shadow` included. */
export function factsNeeded({ must, shadow }: Pick<Who, 'must' | 'shadow'>): FactsNeeded {
  const leaves = [must, shadow].flatMap((condition) => (condition === null ? [] : leavesOf(condition)));
  const most = (count: (leaf: ConditionLeaf) => number): number => Math.max(0, ...leaves.map(count));
  // Draws from an address or a device are not of the person.
  const ofPerson = leaves.filter((leaf) => leaf.kind !== 'velocity' || leaf.per === 'person');
  return {
    kinds: new Set(ofPerson.flatMap((leaf) => KIND_NEEDED[leaf.kind] ?? [])),
    winsMost: most((leaf) => (leaf.kind === 'won' ? leaf.times : 0)),
    drawsMost: most((leaf) => (leaf.kind === 'velocity' ? leaf.draws : 0)),
    unionMost: most((leaf) => (leaf.kind === 'union' ? leaf.below : 0)),
    drawsWithinSeconds: most((leaf) => (leaf.kind === 'velocity' ? leaf.seconds : 0)),
    lists: [...new Set(leaves.flatMap((leaf) => (leaf.kind === 'listed' ? leaf.list : [])))].toSorted(),
    origins: new Set(leaves.flatMap((leaf) => (leaf.kind === 'velocity' && leaf.per !== 'person' ? leaf.per : []))),
  };
}

/** Every leaf of a condition, in the order in which they are written. */
export function leavesOf(condition: Condition): readonly ConditionLeaf[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap(leavesOf);
    case 'not':
      return leavesOf(condition.of);
    default:
      return [condition];
  }
}

/** Somebody's request, as far as conditions are concerned. */
export interface AskingPerson {
  readonly openid: Openid;
  readonly origin: DrawOrigin | null;
  readonly atMs: number;
}

/** What was loaded for a batch of draws: everyone who asks, and draws by address and device. */
export interface LoadedPeople {
  readonly people: ReadonlyMap<Openid, PersonFacts>;
  /** Draws of this activity lately by address and by device; null where the rule does not ask for them. */
  readonly byOrigin: DrawsByOrigin;
}

/** When draws of an activity came from an address or a device, newest first, in Unix ms. */
export type DrawsByOrigin = Readonly<Record<OriginKind, ReadonlyMap<string, readonly number[]> | null>>;

/** Draws by origin where no rule asks for any. */
export const NO_ORIGINS: DrawsByOrigin = { ip: null, device: null };

/**
 * The people of one batch: what was loaded, and beside it what the batch has decided so far, so that each draw is judged
 * by those before it as if they had been written.
 */
export class PeopleInBatch {
  readonly #account: AccountId;
  readonly #loaded: LoadedPeople;
  readonly #draws = new Map<string, number[]>();
  readonly #wins = new Map<string, number[]>();

  constructor(account: AccountId, loaded: LoadedPeople) {
    this.#account = account;
    this.#loaded = loaded;
  }

  factsOf({ openid, origin, atMs }: AskingPerson): ConditionFacts {
    const { people, byOrigin } = this.#loaded;
    const from = (kind: OriginKind): readonly number[] | null => {
      const value = origin?.[kind] ?? null;
      const loaded = byOrigin[kind];
      if (value === null || loaded === null) return null;
      return [...this.#of(this.#draws, kind, value), ...(loaded.get(value) ?? [])];
    };
    return {
      account: this.#account,
      atMs,
      person: this.#withBatch(openid, people.get(openid) ?? NOBODY_KNOWN),
      ipDrawsAtMs: from('ip'),
      deviceDrawsAtMs: from('device'),
    };
  }

  /** Notes a draw that was decided and not refused. */
  drew({ openid, origin, atMs }: AskingPerson, won: boolean): void {
    const unionId = this.#loaded.people.get(openid)?.union?.id ?? null;
    const names = [
      ['person', openid],
      ['union', unionId],
      ['ip', origin?.ip ?? null],
      ['device', origin?.device ?? null],
    ] as const;
    for (const [kind, value] of names) {
      if (value === null) continue;
      this.#of(this.#draws, kind, value).unshift(atMs);
      if (won) this.#of(this.#wins, kind, value).unshift(atMs);
    }
  }

  #withBatch(openid: Openid, facts: PersonFacts): PersonFacts {
    const { wins, drawsAtMs, union } = facts;
    const won = this.#of(this.#wins, 'person', openid);
    return {
      ...facts,
      wins: wins && { here: [...won, ...wins.here], anywhere: [...won, ...wins.anywhere] },
      drawsAtMs: drawsAtMs && [...this.#of(this.#draws, 'person', openid), ...drawsAtMs],
      union: union && {
        id: union.id,
        draws: more(union.draws, this.#of(this.#draws, 'union', union.id).length),
        wins: more(union.wins, this.#of(this.#wins, 'union', union.id).length),
      },
    };
  }

  #of(times: Map<string, number[]>, kind: 'person' | 'union' | 'ip' | 'device', value: string): number[] {
    const name = `${kind} ${value}`;
    const known = times.get(name) ?? [];
    times.set(name, known);
    return known;
  }
}

function more({ here, anywhere }: Counted, by: number): Counted {
  return { here: here + by, anywhere: anywhere + by };
}
