/** One thing a ticket can stand for: how often it is stated to come up, and how often it did. */
export interface OddsCell {
  /** Its share of all tickets, between 0 and 1. */
  readonly share: number;
  readonly drawn: number;
}

export interface OddsTest {
  /** Pearson's statistic over the cells that are likely enough to be held against it. */
  readonly chiSquared: number;
  readonly degrees: number;
  /** How often honest luck strays at least so far. */
  readonly probability: number;
}

/** Below it a cell's share of the draws says nothing yet, and Pearson's test is not exact enough. */
const EXPECTED_MIN = 5;

/**
 * Holds drawn tickets against their stated odds by Pearson's chi-squared test. Cells expected fewer than 5 times are
 * put together. Returns null while there is too little to say anything: fewer than two cells are left.
 */
export function testOdds(cells: readonly OddsCell[]): OddsTest | null {
  const draws = cells.reduce((sum, { drawn }) => sum + drawn, 0);
  const pairs = mergeRare(cells.map(({ share, drawn }) => ({ expected: share * draws, drawn })));
  if (pairs.length < 2) return null;
  const chiSquared = pairs.reduce((sum, { expected, drawn }) => sum + (drawn - expected) ** 2 / expected, 0);
  const degrees = pairs.length - 1;
  return { chiSquared, degrees, probability: upperGamma(degrees / 2, chiSquared / 2) };
}

interface Pair {
  readonly expected: number;
  readonly drawn: number;
}

/** Puts the rarest cells together until each is expected often enough. What is stated never to come up stays in. */
function mergeRare(pairs: readonly Pair[]): readonly Pair[] {
  const rarestFirst = pairs.filter(({ expected, drawn }) => expected > 0 || drawn > 0);
  rarestFirst.sort((one, other) => one.expected - other.expected);
  const merged: Pair[] = [];
  let open: Pair = { expected: 0, drawn: 0 };
  for (const pair of rarestFirst) {
    open = { expected: open.expected + pair.expected, drawn: open.drawn + pair.drawn };
    if (open.expected < EXPECTED_MIN) continue;
    merged.push(open);
    open = { expected: 0, drawn: 0 };
  }
  return merged;
}

const TERMS_MAX = 10_000;
const CLOSE_ENOUGH = 1e-14;

/**
 * The regularized upper incomplete gamma function Q(a, x), which is the chi-squared distribution's upper tail
 * (https://dlmf.nist.gov/8.2): by its series below a + 1, by its continued fraction (Lentz) above.
 */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - scale * series(a, x) : scale * fraction(a, x);
}

function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < TERMS_MAX && term > sum * CLOSE_ENOUGH; n += 1) {
    term *= x / (a + n);
    sum += term;
  }
  return sum;
}

function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = Number.MAX_VALUE;
  let d = 1 / b;
  let value = d;
  for (let n = 1; n < TERMS_MAX; n += 1) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const step = c * d;
    value *= step;
    if (Math.abs(step - 1) < CLOSE_ENOUGH) break;
  }
  return value;
}

/** ln of the gamma function at a positive multiple of one half, by its recurrence. */
function logGamma(a: number): number {
  let sum = 0;
  let at = a;
  while (at > 1) {
    at -= 1;
    sum += Math.log(at);
  }
  return at === 0.5 ? sum + Math.log(Math.PI) / 2 : sum;
}
