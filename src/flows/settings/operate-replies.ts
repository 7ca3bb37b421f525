import { cleanText } from '../../base/clean-text.ts';
import { assert, WrongRequest } from '../../base/errors.ts';
import type { AccountId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { KeywordReply } from '../ports/chat-settings.ts';
import type { KeywordReplies, ReplyChange, StoredReply, WordsInUse } from '../ports/keyword-replies.ts';
import type { Operator } from '../ports/operators.ts';
import type { Clock, Luck } from '../ports/time-and-luck.ts';
import { replyFaults, warnsOfReplies } from './reply-checks.ts';
import type { ReplyWarning } from './reply-checks.ts';
import { refuseStale } from './stale-revision.ts';

/** A keyword reply with what its author should know. */
export interface ShownReply extends StoredReply {
  readonly warnings: readonly ReplyWarning[];
}

/** What is set of a reply. */
export type ReplyContent = Omit<KeywordReply, 'id'> & { readonly enabled: boolean };

interface Place {
  readonly account: AccountId;
  readonly id: string;
  readonly revision: number;
}

/**
 * What operators do with keyword replies. Each throws WrongRequest `account-not-found` or `reply-not-found` (404),
 * `reply-faulty` (400, by field), `activity-unknown` (400) or `revision-stale` (409).
 */
export interface OperateReplies {
  list(account: AccountId): Promise<readonly ShownReply[]>;
  /** At the end of the order. Throws WrongRequest `replies-full` (409) at 500. */
  add(operator: Operator, account: AccountId, content: ReplyContent): Promise<ShownReply>;
  change(operator: Operator, place: Place, changes: Partial<ReplyContent>): Promise<ShownReply>;
  remove(operator: Operator, place: Place): Promise<readonly ShownReply[]>;
  /** Takes every id once. Throws WrongRequest `replies-changed` (409), with the replies there are. */
  order(operator: Operator, account: AccountId, ids: readonly string[]): Promise<readonly ShownReply[]>;
}

const REPLIES_MAX = 500;

/** Builds the flow over where keyword replies are kept. */
export function createOperateReplies(options: {
  readonly replies: KeywordReplies;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
}): OperateReplies {
  const { replies, clock, luck, logger } = options;
  const change = (account: AccountId, decide: (words: WordsInUse) => ReplyChange): Promise<WordsInUse> =>
    replies.change({ account, nowMs: clock.nowMs() }, decide);
  return {
    list: async (account) => shownAll(await replies.words(account)),
    async add(operator, account, content) {
      const id = luck.randomId();
      const after = await change(account, (words) => {
        if (words.replies.length >= REPLIES_MAX) throw full();
        return { kind: 'add', reply: checked({ ...content, id }, words) };
      });
      logger.info({ operator: operator.id, account, reply: id, fields: Object.keys(content) }, 'keyword-reply-added');
      return shownOne(after, id);
    },
    async change(operator, { account, id, revision }, changes) {
      const after = await change(account, (words) => {
        const before = mustFind(words, id);
        refuseStale('this reply', before, revision);
        const { words: said, match, reply, activityId, enabled } = { ...before, ...changes };
        return { kind: 'replace', reply: checked({ id, words: said, match, reply, activityId, enabled }, words) };
      });
      logger.info({ operator: operator.id, account, reply: id, fields: Object.keys(changes) }, 'keyword-reply-changed');
      return shownOne(after, id);
    },
    async remove(operator, { account, id, revision }) {
      const after = await change(account, (words) => {
        refuseStale('this reply', mustFind(words, id), revision);
        return { kind: 'remove', id };
      });
      logger.info({ operator: operator.id, account, reply: id }, 'keyword-reply-removed');
      return shownAll(after);
    },
    async order(operator, account, ids) {
      const after = await change(account, (words) => {
        refuseOtherIds(ids, words);
        return { kind: 'order', ids };
      });
      logger.info({ operator: operator.id, account, replies: ids.length }, 'keyword-replies-ordered');
      return shownAll(after);
    },
  };
}

function checked(given: KeywordReply & ReplyContent, words: WordsInUse): KeywordReply & ReplyContent {
  const reply = { ...given, words: given.words.map((word) => cleanText(word).trim()), reply: cleanText(given.reply) };
  const faults = replyFaults(reply, words);
  if (faults.length === 0) return reply;
  const list = faults.map(({ path, message }) => `${path} ${message}`).join('; ');
  throw new WrongRequest('reply-faulty', `the reply cannot be so: ${list}`, { faults });
}

function mustFind({ replies }: WordsInUse, id: string): StoredReply {
  const found = replies.find((reply) => reply.id === id);
  if (found === undefined) throw new WrongRequest('reply-not-found', 'there is no such reply', { status: 404 });
  return found;
}

function refuseOtherIds(ids: readonly string[], words: WordsInUse): void {
  const known = new Set(words.replies.map(({ id }) => id));
  const same = ids.length === known.size && new Set(ids).size === known.size && ids.every((id) => known.has(id));
  if (same) return;
  const message = 'the order needs every reply there is, once: someone may have added or removed one, so reload them';
  throw new WrongRequest('replies-changed', message, { status: 409, present: shownAll(words) });
}

function full(): WrongRequest {
  const message = `an account has at most ${REPLIES_MAX} keyword replies: give one several words, or remove some`;
  return new WrongRequest('replies-full', message, { status: 409 });
}

function shownOne(words: WordsInUse, id: string): ShownReply {
  const reply = shownAll(words).find((one) => one.id === id);
  assert(reply !== undefined, 'a written reply can be read');
  return reply;
}

function shownAll(words: WordsInUse): readonly ShownReply[] {
  const warn = warnsOfReplies(words);
  return words.replies.map((reply) => ({ ...reply, warnings: reply.enabled ? warn(reply) : [] }));
}
