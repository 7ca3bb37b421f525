import type pg from 'pg';
import { assert, unreachable, WrongRequest } from '../../base/errors.ts';
import type { AccountId } from '../../base/ids.ts';
import type { KeywordReplies, ReplyChange, WordsInUse } from '../../flows/ports/keyword-replies.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { inTransaction } from '../transaction.ts';
import { readWordsInUse } from './words-in-use.ts';

/** Keyword replies in Postgres; changes of one account wait for each other at the account's row. */
export function createKeywordReplies(pool: pg.Pool): KeywordReplies {
  return {
    words: (account) => explained(() => wordsOf(pool, account)),
    change: ({ account, nowMs }, decide) =>
      explained(() =>
        inTransaction(pool, async (client) => {
          await client.query('select 1 from account where id = $1 for no key update', [account]);
          await write(client, { account, nowMs }, decide(await wordsOf(client, account)));
          return wordsOf(client, account);
        }),
      ),
  };
}

async function wordsOf(database: Pick<pg.ClientBase, 'query'>, account: AccountId): Promise<WordsInUse> {
  const words = await readWordsInUse(database, account);
  if (words === undefined)
    throw new WrongRequest('account-not-found', `there is no account ${account}`, { status: 404 });
  return words;
}

async function write(
  client: pg.PoolClient,
  { account, nowMs }: { readonly account: AccountId; readonly nowMs: number },
  change: ReplyChange,
): Promise<void> {
  const at = new Date(nowMs);
  switch (change.kind) {
    case 'add':
    case 'replace': {
      const { id, words, match, reply, activityId, enabled } = change.reply;
      const values = [account, id, words, match, reply, activityId, enabled, at];
      const written = await client.query(change.kind === 'add' ? INSERT : UPDATE, values);
      assert(written.rowCount === 1, 'a keyword reply is written once');
      return;
    }
    case 'remove':
      await client.query('delete from keyword_reply where account_id = $1 and id = $2', [account, change.id]);
      return;
    case 'order':
      await client.query(
        `update keyword_reply set position = wanted.position
           from unnest($2::text[]) with ordinality as wanted (id, position)
           where account_id = $1 and keyword_reply.id = wanted.id`,
        [account, change.ids],
      );
      return;
    default:
      unreachable(change);
  }
}

const INSERT = `
  insert into keyword_reply (account_id, id, words, match, reply, activity_id, enabled, position, created_at, updated_at)
    select $1, $2, $3, $4, $5, $6, $7, coalesce(max(position), 0) + 1, $8, $8 from keyword_reply where account_id = $1`;

const UPDATE = `
  update keyword_reply set words = $3, match = $4, reply = $5, activity_id = $6, enabled = $7, revision = revision + 1,
    updated_at = $8 where account_id = $1 and id = $2`;

async function explained<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
    if (constraint !== 'keyword_reply_activity') throw asOutsideTrouble(error);
    const message = 'the account has no such activity';
    throw new WrongRequest('activity-unknown', message, { faults: [{ path: 'activityId', message }], cause: error });
  }
}
