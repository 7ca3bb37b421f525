import { loadVariables } from './config.ts';
import type { Environment } from './config.ts';
import type { VariableName, VariableValues } from './config-variables.ts';
import { createLogger } from './logging.ts';
import { createPool, pendingMigrations } from './store/database.ts';

/** What a command says and the exit code it ends with. */
export interface Outcome {
  readonly code: 0 | 1;
  /** For standard output: the answer, which may be kept in a file. */
  readonly lines: readonly string[];
  /** For standard error: what went wrong. */
  readonly faults: readonly string[];
}

/** Reads the variables a command needs and runs it, or returns what is wrong with them. */
export async function withVariables<Name extends VariableName>(
  env: Environment,
  names: readonly Name[],
  work: (values: Pick<VariableValues, Name>) => Promise<Outcome>,
): Promise<Outcome> {
  const loaded = loadVariables(env, names);
  return 'config' in loaded ? work(loaded.config) : failed(...loaded.faults);
}

/** Opens a pool for one command, once the schema is the one this version knows. */
export async function withPool(
  url: string,
  work: (pool: ReturnType<typeof createPool>) => Promise<Outcome>,
): Promise<Outcome> {
  const pending = await pendingMigrations(url);
  if (pending.length > 0) return failed('The database is behind this version: run npm run cli -- migrate');
  const pool = createPool({ url, connectionsMax: 2, name: 'hongbao-cli' }, createLogger('warn'));
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

/** What a command without arguments says to some. */
export function takesNothing(name: string): Outcome {
  return failed(`${name} takes nothing after its name`);
}

/** It worked; these lines are the answer. */
export function done(...lines: readonly string[]): Outcome {
  return { code: 0, lines, faults: [] };
}

/** It did not; these lines say why and what to do. */
export function failed(...faults: readonly string[]): Outcome {
  return { code: 1, lines: [], faults };
}
