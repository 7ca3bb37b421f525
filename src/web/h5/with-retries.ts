const WAITS_MS = [500, 1500, 4000];

/** Tries a few times, with a wait between; undefined when the connection stays away. */
export async function withRetries<Loaded>(load: () => Promise<Loaded>): Promise<Loaded | undefined> {
  for (const waitMs of [...WAITS_MS, null]) {
    try {
      return await load();
    } catch {
      if (waitMs !== null) await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
  return undefined;
}
