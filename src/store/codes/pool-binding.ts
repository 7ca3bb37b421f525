import type pg from 'pg';
import { WrongRequest } from '../../base/errors.ts';
import type { AccountId, ActivityId } from '../../base/ids.ts';
import type { BoundPool } from '../../flows/ports/code-pools.ts';
import type { ActivityRule } from '../../rules/activity-rule.ts';

/** Reads the pools that a draft may name, and holds them until the transaction ends. */
export async function lockPools(
  client: pg.PoolClient,
  account: AccountId,
  draft: unknown,
): Promise<readonly BoundPool[]> {
  const named = poolNames(draft);
  if (named.length === 0) return [];
  const found = await client.query<BoundPool>(
    `select id, purpose, state, size, activity_id as "activityId" from code_pool
       where account_id = $1 and id = any($2::text[]) order by id for update`,
    [account, named],
  );
  return found.rows;
}

/** Gives the rule's pools to the activity for good. */
export async function bindPools(
  client: pg.PoolClient,
  { accountId, id }: { readonly accountId: AccountId; readonly id: ActivityId },
  rule: ActivityRule,
): Promise<void> {
  const named = poolNames(rule);
  if (named.length === 0) return;
  const bound = await client.query(
    `update code_pool set activity_id = $3
       where account_id = $1 and id = any($2::text[]) and state = 'ready' and (activity_id is null or activity_id = $3)`,
    [accountId, named, id],
  );
  if (bound.rowCount === named.length) return;
  throw new WrongRequest('pool-taken', 'another activity took one of its pools meanwhile', { status: 409 });
}

/** Every pool that a rule, or what may become one, names at the places where pools stand. */
function poolNames(rule: unknown): string[] {
  const { mechanic, chained, prizes } = asRecord(rule);
  const mechanics = [mechanic, ...asList(chained).map((one) => asRecord(one)['mechanic'])];
  const names = [...mechanics, ...asList(prizes)].map((one) => asRecord(one)['pool']);
  return [...new Set(names.filter((name) => typeof name === 'string'))].toSorted();
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
