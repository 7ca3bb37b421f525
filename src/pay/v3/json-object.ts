/** An object of WeChat Pay's JSON, of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Returns what a text of JSON says, or undefined for what is none. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function asObject(value: unknown): JsonObject | undefined {
  return value === null || typeof value !== 'object' || Array.isArray(value) ? undefined : (value as JsonObject);
}

/** Only what the object itself has. */
export function ownAt(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

export function textAt(object: JsonObject, name: string): string | undefined {
  const value = ownAt(object, name);
  return typeof value === 'string' ? value : undefined;
}

/** A number as it is written, for it is judged as a text. */
export function numberAt(object: JsonObject, name: string): string | undefined {
  const value = ownAt(object, name);
  return typeof value === 'number' ? String(value) : undefined;
}
