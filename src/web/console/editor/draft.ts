/** A rule as it is being drafted: any JSON, since an API caller may have saved anything. */
export type Json = Readonly<Record<string, unknown>>;

/** Where something stands in it: `['prizes', 0, 'amountFen']`. */
export type Path = readonly (string | number)[];

/** Returns what stands at a path, undefined where nothing does. */
export function valueAt(draft: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, name) => (Array.isArray(at) ? at[Number(name)] : object(at)[name]), draft);
}

/** Returns the draft with a value at a path; undefined takes it out. What is not there on the way is made. */
export function withValue<Whole>(draft: Whole, path: Path, value: unknown): Whole {
  const [name, ...rest] = path;
  if (name === undefined) return value as Whole;
  if (Array.isArray(draft) || (draft === undefined && typeof name === 'number')) {
    const before: readonly unknown[] = Array.isArray(draft) ? draft : [];
    const next = withValue(before[Number(name)], rest, value);
    const copy = [...before];
    if (next === undefined) copy.splice(Number(name), 1);
    else copy[Number(name)] = next;
    return copy as Whole;
  }
  const before = object(draft);
  const { [name]: old, ...others } = before;
  const next = withValue(old, rest, value);
  if (next === undefined) return others as Whole;
  return { ...before, [name]: next } as Whole;
}

export function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
