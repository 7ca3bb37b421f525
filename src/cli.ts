import { formatYuan } from './base/fen.ts';
import { audited, createOperator, runVerifyAudit } from './cli-access.ts';
import { done, failed, takesNothing, withPool, withVariables } from './cli-command.ts';
import type { Outcome } from './cli-command.ts';
import { runAfterRestore } from './cli-after-restore.ts';
import { runArchive, runVerifyArchive } from './cli-archive.ts';
import { runDoctor } from './cli-doctor.ts';
import { runForecast } from './cli-forecast.ts';
import { runVerifyDraws } from './cli-fairness.ts';
import { runAddMerchant } from './cli-merchants.ts';
import { reconcile, resumeSending, stopSending } from './cli-payouts.ts';
import type { Environment } from './config.ts';
import { migrate } from './store/database.ts';
import { whatToDo } from './store/book-advice.ts';
import { verifyBooks } from './store/verify-books.ts';

interface Command {
  /** How it is called, after `npm run cli --`. */
  readonly usage: string;
  readonly does: string;
  /** Whether it changes something, which the audit trail tells. */
  readonly changes?: true;
  /** `say` tells how it goes, for standard error. */
  readonly run: (words: readonly string[], env: Environment, say: (line: string) => void) => Promise<Outcome>;
}

const commands: Readonly<Record<string, Command>> = {
  migrate: {
    usage: 'migrate',
    does: 'brings the database to the schema of this version',
    run: (words, env) => withVariables(env, ['DATABASE_URL'], ({ DATABASE_URL }) => runMigrate(words, DATABASE_URL)),
  },
  'operator:create': {
    usage: 'operator:create <name> [--role <role>]',
    does: 'makes an operator, or finds the one there is, and prints a link to set password and authenticator',
    changes: true,
    run: (words, env) => withVariables(env, ['PUBLIC_URL', 'DATABASE_URL'], (values) => createOperator(words, values)),
  },
  'verify-books': {
    usage: 'verify-books',
    does: 'recomputes every balance and compares; exit code 1 when something differs',
    run: (words, env) => withVariables(env, ['DATABASE_URL'], ({ DATABASE_URL }) => compareBooks(words, DATABASE_URL)),
  },
  'verify-draws': {
    usage: 'verify-draws <slug>',
    does: 'decides every draw of an activity again from its seed; exit code 1 when one comes to something else',
    run: (words, env, say) =>
      withVariables(env, ['DATABASE_URL', 'SECRETS_KEY'], (values) => runVerifyDraws(words, values, say)),
  },
  'verify-audit': {
    usage: 'verify-audit [number:hash]',
    does: 'recomputes the audit trail and names the first broken entry; takes an end that it printed before',
    run: (words, env) =>
      withVariables(env, ['DATABASE_URL'], ({ DATABASE_URL }) => runVerifyAudit(words, DATABASE_URL)),
  },
  reconcile: {
    usage: 'reconcile [yyyy-mm-dd]',
    does: 'makes and prints the report of a Beijing day, yesterday unless told; exit code 1 when it has breaks',
    run: (words, env) => withVariables(env, ['DATABASE_URL'], ({ DATABASE_URL }) => reconcile(words, DATABASE_URL)),
  },
  'sending:stop': {
    usage: 'sending:stop <reason>',
    does: 'stops every send of every merchant at once; queries go on',
    changes: true,
    run: (words, env) => withVariables(env, ['DATABASE_URL'], ({ DATABASE_URL }) => stopSending(words, DATABASE_URL)),
  },
  'sending:resume': {
    usage: 'sending:resume',
    does: 'ends that stop; what waited goes out under the same numbers',
    changes: true,
    run: (words, env) => withVariables(env, ['DATABASE_URL'], ({ DATABASE_URL }) => resumeSending(words, DATABASE_URL)),
  },
  'merchant:add': {
    usage: 'merchant:add <name>',
    does: 'adds the merchant of another company, or renews its secrets, from WECHAT_PAY_* as set for this one command',
    changes: true,
    run: runAddMerchant,
  },
  'after-restore': {
    usage: 'after-restore [numbers-file]',
    does: 'after a restored backup: stops sending, asks about every unsettled number, books what was paid, resumes',
    changes: true,
    run: runAfterRestore,
  },
  doctor: {
    usage: 'doctor',
    does: 'looks at the whole set-up and asks both hosts; names what is wrong, usual causes and what to do',
    run: runDoctor,
  },
  archive: {
    usage: 'archive <address> [file]',
    does: 'writes what the law wants kept of an activity for two years into one sealed file, people under pseudonyms',
    run: (words, env) => withVariables(env, ['DATABASE_URL', 'SECRETS_KEY'], (values) => runArchive(words, values)),
  },
  'verify-archive': {
    usage: 'verify-archive <file> [seal]',
    does: 'checks every hash of such a file and names what differs; exit code 1 when something does',
    run: runVerifyArchive,
  },
  forecast: {
    usage: 'forecast <address|rule.json> [followers] [days]',
    does: 'plays a million people through a rule: cost, sold-out, wins; of an activity by its address, or of a rule in a file',
    run: runForecast,
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
export async function runCommand(
  words: readonly string[],
  env: Environment,
  say: (line: string) => void = () => undefined,
): Promise<Outcome> {
  const [name = 'help', ...rest] = words;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) return failed(`There is no command ${JSON.stringify(name)}.`, '', ...help());
  try {
    const run = (): Promise<Outcome> => command.run(rest, env, say);
    return await (command.changes === true ? audited(words, env, run) : run());
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

async function runMigrate(words: readonly string[], url: string): Promise<Outcome> {
  if (words.length > 0) return takesNothing('migrate');
  const applied = await migrate(url);
  const lines = applied.map((name) => `applied ${name}`);
  return done(...(lines.length > 0 ? lines : ['nothing to do: the database is up to date']));
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
    const advice = [...new Set(differences.map(({ check }) => check))].map(
      (check) => `WHAT TO DO about ${check}: ${whatToDo(check) ?? 'see docs/payouts.md'}`,
    );
    return {
      code: 1,
      lines: [...balances, ...found, ...advice],
      faults: [`${differences.length} differences; nothing was changed, each line names what to look at.`],
    };
  });
}

if (import.meta.main) {
  const { code, lines, faults } = await runCommand(process.argv.slice(2), process.env, console.error);
  for (const line of lines) console.log(line);
  for (const fault of faults) console.error(fault);
  process.exitCode = code;
}
