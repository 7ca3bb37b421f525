import type pg from 'pg';
import { assert, WrongRequest } from '../base/errors.ts';
import type { AccountId, ActivityId } from '../base/ids.ts';
import type { ActivityStore, AskFirst, LockedActivity, RuleDraft, StoredActivity } from '../flows/ports/operators.ts';
import type { FairSeeds } from '../flows/ports/fairness.ts';
import type { ActivityRule } from '../rules/activity-rule.ts';
import { readWordsInUse } from './account/words-in-use.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import { bindPools, lockPools } from './codes/pool-binding.ts';
import { inTransaction } from './transaction.ts';

type Row = Readonly<Record<string, unknown>>;

const COLUMNS = `account_id, id, slug, name, state, draft, revision, published_version,
  (extract(epoch from created_at) * 1000)::float8 as created_at_ms,
  (extract(epoch from updated_at) * 1000)::float8 as updated_at_ms,
  (extract(epoch from published_at) * 1000)::float8 as published_at_ms,
  (select jsonb_build_object('id', approval.id, 'revision', approval.revision, 'amountFen', amount_fen, 'askedBy', asked_by,
      'askedAtMs', extract(epoch from asked_at) * 1000, 'expiresAtMs', extract(epoch from expires_at) * 1000)
    from approval where approval.account_id = activity.account_id and activity_id = activity.id and approval.state = 'asked') as awaiting`;

// From list to list by the key, however many people stand on each.
const LISTS = `
with recursive known as (
  (select list from person_list where account_id = $1 order by list limit 1)
  union all
  select (select list from person_list where account_id = $1 and list > known.list order by list limit 1)
  from known where known.list is not null
)
select list from known where list is not null`;

/**
 * Activities in Postgres. What the console changes is locked row by row in the order activity, counters, books. Given
 * `seeds`, the luck of whatever is published follows from a seed that is committed to in the same transaction.
 */
export function createActivityStore(pool: pg.Pool, seeds?: FairSeeds): ActivityStore {
  return {
    async create({ accountId, id, slug, name, draft, nowMs }) {
      const at = new Date(nowMs);
      const created = await inTransaction(pool, (client) =>
        client.query<Row>(
          `insert into activity (account_id, id, slug, name, state, draft, created_at, updated_at)
             values ($1, $2, $3, $4, 'draft', $5, $6, $6) returning ${COLUMNS}`,
          [accountId, id, slug, name, JSON.stringify(draft), at],
        ),
      ).catch((error: unknown) => {
        throw explain(error, { slug, accountId });
      });
      return storedActivity(created.rows[0]);
    },
    async find(id) {
      // The account leads the key, and the address of an activity in the console does not name it.
      const found = await pool
        .query<Row>(`select ${COLUMNS} from activity where account_id in (select id from account) and id = $1`, [id])
        .catch((error: unknown) => {
          throw asOutsideTrouble(error);
        });
      return found.rows[0] === undefined ? undefined : storedActivity(found.rows[0]);
    },
    wordsInUse: async (account) => {
      const words = await readWordsInUse(pool, account).catch((error: unknown) => {
        throw asOutsideTrouble(error);
      });
      return words ?? { activities: [], replies: [], myAwardsKeyword: '', codeShapes: new Map() };
    },
    personLists: async (account) => {
      const found = await pool.query<{ list: string }>(LISTS, [account]).catch((error: unknown) => {
        throw asOutsideTrouble(error);
      });
      return new Set(found.rows.map(({ list }) => list));
    },
    saveDraft: (input, check) =>
      change(pool, input, async (client, locked) => {
        check(locked);
        await client.query(
          `update activity set slug = $3, name = $4, draft = $5, revision = revision + 1, updated_at = $6
             where account_id = $1 and id = $2`,
          [input.accountId, input.id, input.slug, input.name, JSON.stringify(input.draft), new Date(input.nowMs)],
        );
      }),
    publish: (input, decide) =>
      change(pool, input, async (client, locked) => {
        const decided = decide(locked);
        if ('ask' in decided) return askFirst(client, locked.activity, { ...input, ...decided.ask });
        if (input.approval === undefined) await expireRequest(client, locked.activity);
        else await approve(client, locked.activity, { ...input, ...input.approval });
        return publish(client, locked, { ...input, rule: decided, seeds });
      }),
    turn: (input, check) =>
      change(pool, input, async (client, locked) => {
        check(locked);
        await turn(client, input);
      }),
  };
}

/** Runs a change of one activity under its row lock and returns the activity as it stands afterwards. */
async function change(
  pool: pg.Pool,
  place: { readonly accountId: AccountId; readonly id: ActivityId; readonly slug?: string },
  work: (client: pg.PoolClient, locked: LockedActivity) => Promise<void>,
): Promise<StoredActivity> {
  try {
    return await inTransaction(pool, async (client) => {
      const here = [place.accountId, place.id];
      await client.query('select 1 from activity where account_id = $1 and id = $2 for update', here);
      // Read in a statement of its own after the lock: what waits for a second person stands in another table.
      const found = await client.query<Row>(`select ${COLUMNS} from activity where account_id = $1 and id = $2`, here);
      if (found.rows[0] === undefined)
        throw new WrongRequest('activity-not-found', 'there is no such activity', { status: 404 });
      await work(client, await withRuleAndMerchant(client, storedActivity(found.rows[0])));
      const after = await client.query<Row>(`select ${COLUMNS} from activity where account_id = $1 and id = $2`, here);
      return storedActivity(after.rows[0]);
    });
  } catch (error) {
    throw explain(error, place);
  }
}

async function withRuleAndMerchant(client: pg.PoolClient, activity: StoredActivity): Promise<LockedActivity> {
  const found = await client.query<Pick<LockedActivity, 'account' | 'merchant'> & { readonly rule: unknown }>(
    `select rule, jsonb_build_object('kind', account.kind, 'myAwardsKeyword', account.my_awards_keyword) as account, (select jsonb_build_object('id', merchant.id, 'mchId', mch_id, 'sendName', send_name,
           'payeeAppId', payer.app_id, 'boundApps', jsonb_build_object('accounts', app_ids, 'miniPrograms', mini_app_ids),
           'groupPackets', group_packets, 'rail', rail, 'limits', jsonb_build_object(
           'amountMinFen', amount_min_fen, 'amountMaxFen', amount_max_fen, 'scenes', scenes, 'personDayFen', person_day_fen,
           'dayFen', day_fen)) from account as payer join merchant on merchant.id = payer.merchant_id
           where payer.id = coalesce(account.pays_through, account.id)) as merchant
       from account left join rule_version on rule_version.account_id = account.id and activity_id = $2 and version = $3
       where account.id = $1`,
    [activity.accountId, activity.id, activity.publishedVersion],
  );
  const row = found.rows[0];
  assert(row !== undefined, 'an activity has an account');
  const pools = await lockPools(client, activity.accountId, activity.draft);
  return { activity, publishedRule: row.rule, account: row.account, merchant: row.merchant, pools };
}

async function turn(client: pg.PoolClient, { accountId, id, nowMs, to }: Parameters<ActivityStore['turn']>[0]) {
  const here = [accountId, id];
  await client.query(
    `update activity set state = $3, updated_at = $4, revision = revision + case when $3 = 'stopped' then 1 else 0 end
       where account_id = $1 and id = $2`,
    [...here, to, new Date(nowMs)],
  );
  await client.query('update activity_counter set open = $3, paused = $4 where account_id = $1 and activity_id = $2', [
    ...here,
    to === 'published',
    to === 'paused',
  ]);
}

async function publish(
  client: pg.PoolClient,
  { activity, merchant }: LockedActivity,
  input: {
    readonly rule: ActivityRule;
    readonly operatorId: string;
    readonly nowMs: number;
    readonly seeds: FairSeeds | undefined;
  },
): Promise<void> {
  const here = [activity.accountId, activity.id];
  const at = new Date(input.nowMs);
  const version = (activity.publishedVersion ?? 0) + 1;
  await client.query(
    `insert into rule_version (account_id, activity_id, version, rule, published_by, created_at) values ($1, $2, $3, $4, $5, $6)`,
    [...here, version, JSON.stringify(input.rule), input.operatorId, at],
  );
  await client.query(
    `update activity set state = case state when 'paused' then state else 'published' end, published_version = $3, published_at = $4, updated_at = $4, revision = revision + 1
       where account_id = $1 and id = $2`,
    [...here, version, at],
  );
  if (version > 1) return;
  await commitToSeed(client, activity, input);
  await bindPools(client, activity, input.rule);
  await client.query(
    'insert into activity_counter (account_id, activity_id, open, budget_fen) values ($1, $2, true, $3)',
    [...here, input.rule.budgetFen],
  );
  await client.query(
    `insert into prize_counter (account_id, activity_id, prize_id, stock)
       select $1, $2, id, stock from jsonb_to_recordset($3) as prize (id text, stock integer) order by id`,
    [...here, JSON.stringify(input.rule.prizes)],
  );
  if (input.rule.budgetFen === 0) return;
  await client.query(
    `insert into book_entry (account_id, activity_id, merchant_id, kind, debit, credit, amount_fen, created_at)
       values ($1, $2, $3, 'budget', 'budget', 'funding', $4, $5)`,
    [...here, merchant?.id ?? null, input.rule.budgetFen, at],
  );
}

async function commitToSeed(
  client: pg.PoolClient,
  { accountId, id }: StoredActivity,
  { seeds, nowMs }: { readonly seeds: FairSeeds | undefined; readonly nowMs: number },
): Promise<void> {
  if (seeds === undefined) return;
  const { commitment, sealed } = seeds.make({ account: accountId, activity: id });
  await client.query(
    'insert into fairness (account_id, activity_id, commitment, sealed_seed, created_at) values ($1, $2, $3, $4, $5)',
    [accountId, id, commitment, sealed, new Date(nowMs)],
  );
}

/** Writes the request in place of one that is over. */
async function askFirst(
  client: pg.PoolClient,
  { accountId, id, revision }: StoredActivity,
  ask: AskFirst['ask'] & { readonly operatorId: string; readonly nowMs: number },
): Promise<void> {
  await expireRequest(client, { accountId, id });
  await client.query(
    `insert into approval (account_id, id, activity_id, revision, amount_fen, state, asked_by, asked_at, expires_at)
       values ($1, $2, $3, $4, $5, 'asked', $6, $7, $8)`,
    [accountId, ask.id, id, revision, ask.amountFen, ask.operatorId, new Date(ask.nowMs), new Date(ask.expiresAtMs)],
  );
}

/** What nobody decided in time makes room. */
async function expireRequest(
  client: pg.PoolClient,
  { accountId, id }: Pick<StoredActivity, 'accountId' | 'id'>,
): Promise<void> {
  await client.query(
    `update approval set state = 'expired' where account_id = $1 and activity_id = $2 and state = 'asked'`,
    [accountId, id],
  );
}

async function approve(
  client: pg.PoolClient,
  { accountId }: StoredActivity,
  approval: { readonly id: string; readonly decidedBy: string; readonly nowMs: number },
): Promise<void> {
  const approved = await client.query(
    `update approval set state = 'approved', decided_by = $3, decided_at = $4
       where account_id = $1 and id = $2 and state = 'asked'`,
    [accountId, approval.id, approval.decidedBy, new Date(approval.nowMs)],
  );
  assert(approved.rowCount === 1, 'what is approved waited under the lock');
}

function storedActivity(row: Row | undefined): StoredActivity {
  assert(row !== undefined, 'a written activity can be read');
  return {
    accountId: row['account_id'] as AccountId,
    id: row['id'] as ActivityId,
    slug: row['slug'] as string,
    name: row['name'] as string,
    state: row['state'] as StoredActivity['state'],
    draft: row['draft'] as RuleDraft,
    revision: row['revision'] as number,
    publishedVersion: row['published_version'] as number | null,
    createdAtMs: row['created_at_ms'] as number,
    updatedAtMs: row['updated_at_ms'] as number,
    publishedAtMs: row['published_at_ms'] as number | null,
    awaiting: row['awaiting'] as StoredActivity['awaiting'],
  };
}

function explain(error: unknown, place: { readonly slug?: string; readonly accountId: AccountId }): unknown {
  const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
  if (constraint === 'activity_slug_once') {
    const message = `the address ${place.slug} is taken by another activity`;
    return new WrongRequest('slug-taken', message, { status: 409, faults: [{ path: 'slug', message }], cause: error });
  }
  if (constraint === 'activity_account') {
    const message = `there is no account ${place.accountId}`;
    return new WrongRequest('account-unknown', message, { faults: [{ path: 'accountId', message }], cause: error });
  }
  return asOutsideTrouble(error);
}
