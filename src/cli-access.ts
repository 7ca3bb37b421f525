import { hostname, userInfo } from 'node:os';
import { done, failed, withPool } from './cli-command.ts';
import type { Outcome } from './cli-command.ts';
import { loadVariables } from './config.ts';
import type { Environment } from './config.ts';
import type { VariableValues } from './config-variables.ts';
import { auditable } from './flows/access/audit-detail.ts';
import type { Role } from './flows/ports/operators.ts';
import { createAuditTrail } from './store/access/audit-trail.ts';
import { verifyAudit } from './store/access/verify-audit.ts';
import { pendingMigrations } from './store/database.ts';
import { createOperatorWithSetUpLink } from './store/operator-store.ts';

const ROLES: readonly Role[] = ['owner', 'operator', 'finance', 'support', 'viewer'];

/** Makes an operator, or finds the one there is, and prints the link by which they set password and authenticator. */
export async function createOperator(
  words: readonly string[],
  values: Pick<VariableValues, 'PUBLIC_URL' | 'DATABASE_URL'>,
): Promise<Outcome> {
  const at = words.indexOf('--role');
  const role = at === -1 ? 'owner' : ROLES.find((known) => known === words[at + 1]);
  if (role === undefined) return failed(`--role needs one of ${ROLES.join(', ')}`);
  const name = words.filter((_, index) => at === -1 || (index !== at && index !== at + 1)).join(' ');
  if (name === '' || name.startsWith('--'))
    return failed('operator:create needs a name: npm run cli -- operator:create zhang --role finance');
  return withPool(values.DATABASE_URL, async (pool) => {
    const made = await createOperatorWithSetUpLink({ pool, name, role, nowMs: Date.now() });
    const kept = made.role === role ? [] : [`${name} stays ${made.role}: an owner changes roles in the console.`];
    return done(
      `${values.PUBLIC_URL}/console/set-up?token=${made.token}`,
      `By this link ${name} (${made.role}) sets a password and an authenticator, once, within 24 hours; whoever has it`,
      `becomes ${name}, so pass it on in private.`,
      ...kept,
    );
  });
}

/** Walks the audit trail and names the first entry that is not as it was written. */
export async function runVerifyAudit(words: readonly string[], url: string): Promise<Outcome> {
  const [text, ...more] = words;
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text ?? '') ?? [];
  if (more.length > 0 || (text !== undefined && (number === undefined || hash === undefined)))
    return failed('verify-audit takes nothing, or an end of the trail that it printed before, such as 120:9f86d0…');
  return withPool(url, async (pool) => {
    const kept = number === undefined || hash === undefined ? null : { number: Number(number), hash };
    const { entries, head, broken } = await verifyAudit(pool, kept);
    if (broken === null)
      return done(
        `${entries} entries of the audit trail follow on one another.`,
        `Keep this end elsewhere and give it to verify-audit next time: ${head.number}:${head.hash}`,
      );
    return failed(
      `BROKEN at entry ${broken.number}: ${broken.why}.`,
      `The ${entries} entries before it are as they were written. Restore the table audit_entry from a backup beside this database and compare from there on.`,
    );
  });
}

/** Runs a command that changes something, with an entry of the audit trail that names who ran it on which machine. */
export async function audited(
  words: readonly string[],
  env: Environment,
  run: () => Promise<Outcome>,
): Promise<Outcome> {
  const loaded = loadVariables(env, ['DATABASE_URL']);
  // The command itself says what is missing.
  if ('faults' in loaded || (await pendingMigrations(loaded.config.DATABASE_URL)).length > 0) return run();
  return withPool(loaded.config.DATABASE_URL, async (pool) => {
    const audit = createAuditTrail(pool);
    const [action = '', ...rest] = words;
    const id = await audit.begin({
      actorId: null,
      actorName: userInfo().username.slice(0, 40),
      via: 'cli',
      address: hostname().slice(0, 64),
      action,
      subject: '',
      request: auditable(rest),
      atMs: Date.now(),
    });
    const outcome = await run();
    await audit.settle(id, { outcome: outcome.code === 0 ? 'done' : 'unknown', before: null, after: null });
    return outcome;
  });
}
