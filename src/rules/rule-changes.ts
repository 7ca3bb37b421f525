/** A value at the end of a path of JSON. */
export type Leaf = string | number | boolean | null;

/** One thing that is different: `undefined` where one of the two has nothing there. */
export interface RuleChange {
  /** `texts.win`, `prizes.gold.amountFen`; `prizes` alone for another order. */
  readonly path: readonly string[];
  readonly before: Leaf | undefined;
  readonly after: Leaf | undefined;
}

/**
 * Names every leaf that two rules differ in, each once, in the order of the first. Prizes and other parts with ids of
 * their own are held against each other by these, wherever they stand; where only their order differs, that is named.
 */
export function ruleChanges(before: unknown, after: unknown): readonly RuleChange[] {
  const first = leavesOf(before);
  const second = leavesOf(after);
  const paths = new Map([...first, ...second].map(([key, { path }]) => [key, path]));
  return [...paths].flatMap(([key, path]) => {
    const [was, is] = [first.get(key)?.value, second.get(key)?.value];
    return was === is ? [] : [{ path, before: was, after: is }];
  });
}

type Leaves = Map<string, { readonly path: readonly string[]; readonly value: Leaf }>;

function leavesOf(value: unknown, path: readonly string[] = [], found: Leaves = new Map()): Leaves {
  if (!isContainer(value)) {
    found.set(JSON.stringify(path), { path, value: value as Leaf });
    return found;
  }
  const ids = idsOf(value);
  if (ids === null) {
    for (const [name, part] of Object.entries(value)) leavesOf(part, [...path, name], found);
    return found;
  }
  // The order counts as well: it says who owns which tickets.
  if (ids.length > 1) found.set(JSON.stringify(path), { path, value: ids.join(', ') });
  for (const [index, id] of ids.entries()) {
    for (const [name, part] of Object.entries((value as readonly object[])[index] ?? {})) {
      if (name !== 'id') leavesOf(part, [...path, id, name], found);
    }
  }
  return found;
}

/** Returns the ids of a list whose items all have one of their own, else null. */
function idsOf(value: object): readonly string[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const ids = value.map((item) => (isContainer(item) ? (item as { readonly id?: unknown }).id : undefined));
  const known = ids.filter((id) => typeof id === 'string');
  return known.length === ids.length && new Set(known).size === known.length ? known : null;
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
