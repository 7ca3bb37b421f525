import type pg from 'pg';
import { cleanText } from '../../base/clean-text.ts';
import type { AccountId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { ChatSettings, KeywordReply, SceneAnswer, SceneVisits } from '../../flows/ports/chat-settings.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { RecentSnapshot } from '../recent-snapshot.ts';

/** Replies carry no prize: an old text is better than none. */
const STALE_MAX_MS = 600_000;

type RepliesByAccount = ReadonlyMap<AccountId, readonly KeywordReply[]>;

/**
 * What operators set for chats. Keyword replies are at most a second old, and up to 10 min while the database is away;
 * scenes are asked for one by one, because there may be 100,000 of them.
 */
export function createChatSettings(options: {
  readonly pool: pg.Pool;
  readonly logger: Logger;
  /** Monotonic ms. */
  readonly nowMs?: () => number;
}): ChatSettings {
  const { pool, logger, nowMs = () => performance.now() } = options;
  const replies = new RecentSnapshot<RepliesByAccount>({
    read: () => readReplies(pool),
    nowMs,
    logger,
    stale: 'keyword-replies-served-stale',
    staleMaxMs: STALE_MAX_MS,
  });
  return {
    keywordReplies: async (account) => (await replies.current()).get(account) ?? [],
    async scene(account, scene) {
      const found = await ask(
        pool.query<SceneAnswer>({
          name: 'scene-answer',
          text: `select reply, activity_id as "activityId" from scene_code where account_id = $1 and scene = $2`,
          values: [account, cleanText(scene)],
        }),
      );
      return found.rows[0];
    },
  };
}

/** Who came by which code: visits of codes made here, each once. Throws OutsideTrouble. */
export function createSceneVisits(pool: pg.Pool): SceneVisits {
  return {
    async visited({ account, key, scene, openid, followed, atMs }) {
      await ask(
        pool.query(
          `insert into scene_visit (account_id, request_key, scene, openid, followed, visited_at)
             select account_id, $3, scene, $4, $5, $6 from scene_code where account_id = $1 and scene = $2
             on conflict on constraint scene_visit_pk do nothing`,
          [account, cleanText(scene), key, openid, followed, new Date(atMs)],
        ),
      );
    },
  };
}

async function readReplies(pool: pg.Pool): Promise<RepliesByAccount> {
  const found = await ask(
    pool.query<KeywordReply & { readonly accountId: AccountId }>({
      name: 'enabled-keyword-replies',
      text: `select account_id as "accountId", id, words, match, reply, activity_id as "activityId"
        from keyword_reply where enabled order by account_id, position, id`,
    }),
  );
  const byAccount = new Map<AccountId, KeywordReply[]>();
  for (const { accountId, ...reply } of found.rows) {
    const others = byAccount.get(accountId);
    if (others === undefined) byAccount.set(accountId, [reply]);
    else others.push(reply);
  }
  return byAccount;
}

function ask<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw asOutsideTrouble(error);
  });
}
