import { formatYuan } from './base/fen.ts';
import { loadVariables } from './config.ts';
import type { Environment } from './config.ts';
import type { VariableName, VariableValues } from './config-variables.ts';
import { createLogger } from './logging.ts';
import { createPool, migrate, pendingMigrations } from './store/database.ts';
import { createOperatorWithLoginLink } from './store/operator-store.ts';
import { verifyBooks } from './store/verify-books.ts';

/** What a command says and the exit code it ends with. */
interface Outcome {
  readonly code: 0 | 1;
  /** For standard output: the answer, which may be kept in a file. */
  readonly lines: readonly string[];
  /** For standard error: what went wrong. */
  readonly faults: readonly string[];
}

interface Command {
  /** How it is called, after `npm run cli --`. */
  readonly usage: string;
  readonly does: string;
  readonly run: (words: readonly string[], env: Environment) => Promise<Outcome>;
}

const commands: Readonly<Record<string, Command>> = {
  migrate: {
    usage: 'migrate',
    does: 'brings the database to the schema of this version',
    run: (words, env) => withVariables(env, ['DATABASE_URL'], ({ DATABASE_URL }) => runMigrate(words, DATABASE_URL)),
  },
  'operator:create': {
    usage: 'operator:create <name>',
    does: 'makes an operator, or finds the one there is, and prints a one-time link to the console',
    run: (words, env) => withVariables(env, ['PUBLIC_URL', 'DATABASE_URL'], (values) => createOperator(words, values)),
  },
  'verify-books': {
    usage: 'verify-books',
    does: 'recomputes every balance and compares; exit code 1 when something differs',
    run: (words, env) => withVariables(env, ['DATABASE_URL'], ({ DATABASE_URL }) => compareBooks(words, DATABASE_URL)),
  },
  help: {
    usage: 'help',
    does: 'prints this list',
    run: async () => done(...help()),
  },
};

/**
 * Runs one operator command: `npm run cli -- <command>`. Takes the words after it and the environment; returns what
 * to print and the exit code. Each command needs only the variables it uses; what is wrong is said by name.
 */
export async function runCommand(words: readonly string[], env: Environment): Promise<Outcome> {
  const [name = 'help', ...rest] = words;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return failed(`There is no command ${JSON.stringify(name)}.`, '', ...help());
  try {
    return await command.run(rest, env);
  } catch (error) {
    return failed(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function help(): readonly string[] {
  const width = Math.max(...Object.values(commands).map((command) => command.usage.length)) + 2;
  return [
    'npm run cli -- <command>',
    ...Object.values(commands).map((command) => `  ${command.usage.padEnd(width)}${command.does}`),
  ];
}

async function withVariables<Name extends VariableName>(
  env: Environment,
  names: readonly Name[],
  work: (values: Pick<VariableValues, Name>) => Promise<Outcome>,
): Promise<Outcome> {
  const loaded = loadVariables(env, names);
  return 'config' in loaded ? work(loaded.config) : failed(...loaded.faults);
}

async function runMigrate(words: readonly string[], url: string): Promise<Outcome> {
  if (words.length > 0) return takesNothing('migrate');
  const applied = await migrate(url);
  const lines = applied.map((name) => `applied ${name}`);
  return done(...(lines.length > 0 ? lines : ['nothing to do: the database is up to date']));
}

async function createOperator(
  words: readonly string[],
  values: Pick<VariableValues, 'PUBLIC_URL' | 'DATABASE_URL'>,
): Promise<Outcome> {
  const name = words.join(' ');
  if (name === '') return failed('operator:create needs a name: npm run cli -- operator:create zhang');
  return withPool(values.DATABASE_URL, async (pool) => {
    const { token } = await createOperatorWithLoginLink({ pool, name, nowMs: Date.now() });
    return done(
      `${values.PUBLIC_URL}/console/login?token=${token}`,
      `This link logs ${name} in once, within 15 minutes; whoever has it is ${name}, so pass it on in private.`,
    );
  });
}

async function compareBooks(words: readonly string[], url: string): Promise<Outcome> {
  if (words.length > 0) return takesNothing('verify-books');
  return withPool(url, async (pool) => {
    const { lines, differences } = await verifyBooks(pool);
    const balances = lines.map(
      (line) =>
        `${line.accountId} ${line.activityId}  budget ${formatYuan(line.budgetFen)}  reserved ${formatYuan(line.reservedFen)}` +
        `  in flight ${formatYuan(line.inFlightFen)}  delivered ${formatYuan(line.deliveredFen)}  returned ${formatYuan(line.returnedFen)}`,
    );
    if (differences.length === 0) return done(...balances, `The books of ${lines.length} activities balance.`);
    const found = differences.map(
      (one) =>
        `DIFFERENCE ${one.accountId} ${one.activityId} ${one.subject}  ${one.check}: expected ${one.expected}, found ${one.found}`,
    );
    return {
      code: 1,
      lines: [...balances, ...found],
      faults: [`${differences.length} differences; nothing was changed, each line names what to look at.`],
    };
  });
}

/** Opens a pool for one command, once the schema is the one this version knows. */
async function withPool(
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

function takesNothing(name: string): Outcome {
  return failed(`${name} takes nothing after its name`);
}

function done(...lines: readonly string[]): Outcome {
  return { code: 0, lines, faults: [] };
}

function failed(...faults: readonly string[]): Outcome {
  return { code: 1, lines: [], faults };
}

if (import.meta.main) {
  const { code, lines, faults } = await runCommand(process.argv.slice(2), process.env);
  for (const line of lines) console.log(line);
  for (const fault of faults) console.error(fault);
  process.exitCode = code;
}
