/** How calls came in at the other side, by the times they arrived there. */
export interface ArrivalFigures {
  readonly count: number;
  /** Calls a second between the first and the last. */
  readonly perSecond: number;
  /** The most calls within any second that slides over the whole run. */
  readonly mostInASecond: number;
  /** When the fullest second began, counted from the first arrival. */
  readonly fullestFromMs: number;
  /** Fewest and most calls of the whole seconds counted from the first arrival; the last second is left out. */
  readonly wholeSeconds: { readonly fewest: number; readonly most: number };
  readonly lastedMs: number;
}

/** Takes the times of arrivals in Unix ms, in any order. */
export function arrivalFigures(timesMs: readonly number[]): ArrivalFigures {
  const sorted = timesMs.toSorted((left, right) => left - right);
  const firstMs = sorted[0] ?? 0;
  const lastedMs = (sorted.at(-1) ?? 0) - firstMs;
  const seconds = Array.from({ length: Math.floor(lastedMs / 1000) }, () => 0);
  for (const atMs of sorted) {
    const second = Math.floor((atMs - firstMs) / 1000);
    if (second < seconds.length) seconds[second] = (seconds[second] ?? 0) + 1;
  }
  return {
    count: sorted.length,
    perSecond: lastedMs === 0 ? 0 : ((sorted.length - 1) / lastedMs) * 1000,
    ...fullest(sorted, 1000),
    wholeSeconds: { fewest: Math.min(...seconds), most: Math.max(...seconds) },
    lastedMs,
  };
}

/** Finds the span that holds the most times: two that are exactly a span apart do not share one. */
function fullest(sorted: readonly number[], spanMs: number): Pick<ArrivalFigures, 'mostInASecond' | 'fullestFromMs'> {
  let found = { mostInASecond: 0, fullestFromMs: 0 };
  let from = 0;
  for (const [index, atMs] of sorted.entries()) {
    while ((sorted[from] ?? atMs) <= atMs - spanMs) from += 1;
    const fromMs = (sorted[from] ?? atMs) - (sorted[0] ?? atMs);
    if (index - from + 1 > found.mostInASecond) found = { mostInASecond: index - from + 1, fullestFromMs: fromMs };
  }
  return found;
}
