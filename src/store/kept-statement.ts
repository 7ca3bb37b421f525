import type pg from 'pg';

/** A statement that a connection parses and plans once (https://www.postgresql.org/docs/current/sql-prepare.html). */
export interface KeptStatement {
  /** Makes it on a connection. */
  readonly preparing: string;
  /** Returns a statement that runs it with a literal for each parameter, in order. */
  run(...literals: readonly (string | number)[]): string;
}

/** `name` is one of the connection's; `types` are those of `$1`, `$2` and so on. */
export function keptStatement(name: string, types: readonly string[], text: string): KeptStatement {
  return {
    preparing: `prepare ${name}${inBrackets(types)} as ${text}`,
    run: (...literals) => `execute ${name}${inBrackets(literals)}`,
  };
}

/** Empty ones are no SQL. */
function inBrackets(list: readonly (string | number)[]): string {
  return list.length === 0 ? '' : ` (${list.join(', ')})`;
}

/**
 * A plan is made once, whatever the values, and may be from when a table had three rows. What looks best then is
 * reading all of it, and that must not be what is kept.
 */
const PLANS = 'set plan_cache_mode = force_generic_plan; set enable_seqscan = off';

/** Statements that are run on the same connections: planning them anew was a sixth of what a small batch of draws cost. */
export class KeptStatements {
  readonly #preparing: string;
  readonly #there = new WeakSet<object>();

  constructor(statements: readonly KeptStatement[]) {
    this.#preparing = [PLANS, ...statements.map(({ preparing }) => preparing)].join(';\n');
  }

  /** One round trip for a connection that is new here, none for others. Throws when the statements do not fit the schema. */
  async prepareOn(client: pg.PoolClient): Promise<void> {
    // The connection and not who speaks through it: statements are the connection's.
    const { connection } = client as unknown as { readonly connection: object };
    if (this.#there.has(connection)) return;
    await client.query(this.#preparing);
    this.#there.add(connection);
  }
}

/**
 * Whether a connection's statements are of no more use: somebody between has given it to others (they are not there), not
 * all of them could be made (some are there already), or a migration has changed what one returns. A new connection has
 * none of this.
 */
export function hasLostItsPlans(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  if (error.code === '26000' || error.code === '42P05') return true;
  return error.code === '0A000' && error.message.includes('cached plan');
}
