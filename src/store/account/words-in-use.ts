import type pg from 'pg';
import type { AccountId } from '../../base/ids.ts';
import type { CodeShape } from '../../rules/code-shape.ts';
import type { Trigger } from '../../rules/trigger-schema.ts';
import type { ActivityWords, StoredReply, WordsInUse } from '../../flows/ports/keyword-replies.ts';

/** What a rule that was stored before the schema knew these means; a test holds it against the schema. */
export const TRIGGER_DEFAULTS = {
  words: [],
  page: false,
  follow: 'never',
  scenes: [],
  codes: null,
  menu: true,
  payment: false,
  batch: false,
  invite: false,
  inviteCounts: 'opened',
  invitesPerPerson: 10,
  leads: {},
} as const satisfies Trigger;
export const PRIORITY_DEFAULT = 50;

/** Reads everything an account listens to, or undefined when there is no such account. */
export async function readWordsInUse(
  database: Pick<pg.ClientBase, 'query'>,
  account: AccountId,
): Promise<WordsInUse | undefined> {
  const found = await database.query<{ keyword: string }>(
    `select my_awards_keyword as keyword from account where id = $1`,
    [account],
  );
  const row = found.rows[0];
  if (row === undefined) return undefined;
  const activities = await readActivityWords(database, account);
  const replies = await database.query<StoredReply>(
    `select id, words, match, reply, activity_id as "activityId", enabled, revision,
        (extract(epoch from created_at) * 1000)::float8 as "createdAtMs",
        (extract(epoch from updated_at) * 1000)::float8 as "updatedAtMs"
      from keyword_reply where account_id = $1 order by position, id`,
    [account],
  );
  const pools = await database.query<CodeShape & { id: string }>(
    `select id, prefix, length_min as "lengthMin", length_max as "lengthMax", origin = 'generated' as unmistakable
      from code_pool where account_id = $1 and purpose = 'entry' and state = 'ready'`,
    [account],
  );
  const codeShapes = new Map(pools.rows.map(({ id, ...shape }) => [id, shape]));
  return { activities, replies: replies.rows, myAwardsKeyword: row.keyword, codeShapes };
}

/** Reads what an account's published activities listen to, those that pause included, the newest first. */
export async function readActivityWords(
  database: Pick<pg.ClientBase, 'query'>,
  account: AccountId,
): Promise<readonly ActivityWords[]> {
  const found = await database.query<ActivityWords>(
    `select activity.id, slug, name, (extract(epoch from published_at) * 1000)::float8 as "publishedAtMs",
        jsonb_build_object('trigger', $2::jsonb || (rule -> 'trigger'),
          'priority', coalesce(rule -> 'priority', to_jsonb($3::integer))) as rule
      from activity join rule_version on rule_version.account_id = activity.account_id
        and rule_version.activity_id = activity.id and version = published_version
      where activity.account_id = $1 and state in ('published', 'paused') order by published_at desc, activity.id`,
    [account, JSON.stringify(TRIGGER_DEFAULTS), PRIORITY_DEFAULT],
  );
  return found.rows;
}
