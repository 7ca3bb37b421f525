import { shortOpenid } from '../../base/logger.ts';
import type { Logger } from '../../base/logger.ts';
import { readXml, xmlText } from '../../base/xml.ts';
import type { Account } from '../ports/accounts.ts';
import type { LateReplyStore, OwedReply } from '../ports/late-replies.ts';
import type { InboundMessage, MessageOutcome } from '../ports/messages.ts';
import type { SharedMemory } from '../ports/shared-memory.ts';
import type { Clock } from '../ports/time-and-luck.ts';

/** What to do with a delivery that cannot be answered in time. */
export type LateDelivery =
  /** WeChat delivers it again: nothing is answered, and the repeat gets the stored reply. */
  | 'wait-for-repeat'
  /** There will be no other: it is answered at once, and the reply follows by another way. */
  | 'last';

export interface LateReplies {
  /** Counts a delivery that lapses; with the last one the reply becomes owed. `settled`: how the message will end. */
  lapsed(account: Account, message: InboundMessage, settled: Promise<MessageOutcome | null>): Promise<LateDelivery>;
  /** The reply was given as one after all. */
  delivered(account: Account, message: InboundMessage): Promise<void>;
  /** Returns the texts that this message's reply has to bring as well, for a repeat of it the same ones. */
  owedWith(account: Account, message: InboundMessage): Promise<readonly string[]>;
  /** Waits until what is owed has been written down, a few seconds at most. */
  stop(): Promise<void>;
}

/** What a message is told that was never decided. */
export const UNDECIDED_TEXT = '刚才太忙，没能完成，请再发一次';

/** Three are seen in the field, though the official wording would allow four; a fourth gets the stored reply. */
const DELIVERIES = 3;
/** All deliveries of a message fall into about 15 s. */
const COUNTED_MS = 60_000;
const WRITE_TRIES = 5;
const WRITE_PAUSE_MS = 1000;

/** Returns what is done about replies that WeChat does not take in time. */
export function createLateReplies(options: {
  readonly memory: Pick<SharedMemory, 'countUp'>;
  readonly store: LateReplyStore;
  readonly clock: Clock;
  readonly logger: Logger;
}): LateReplies {
  const { memory, store, clock, logger } = options;
  const writing = new Set<Promise<void>>();

  async function writeDown(owed: OwedReply, settled: Promise<MessageOutcome | null>): Promise<void> {
    for (let tries = 1; tries <= WRITE_TRIES; tries += 1) {
      try {
        await store.owe(owed, clock.nowMs());
        const outcome = await settled;
        if (outcome?.kind === 'reply') await store.decided(owed, outcome.xml);
        return;
      } catch (error) {
        const fields = { account: owed.account, openid: shortOpenid(owed.openid), tries, error: String(error) };
        logger.warn(fields, 'late-reply-not-written-down');
        await clock.sleep(WRITE_PAUSE_MS * tries);
      }
    }
  }

  return {
    async lapsed(account, message, settled) {
      const count = await memory.countUp(`lapsed:${account.id}:${message.key}`, COUNTED_MS);
      const fields = { account: account.id, openid: shortOpenid(message.fromUser), delivery: count };
      logger.warn(fields, 'message-answered-too-late');
      if (count < DELIVERIES) return 'wait-for-repeat';
      // Beside the answer: the database may be what is late.
      const work = writeDown(owedFor(account, message), settled).finally(() => writing.delete(work));
      writing.add(work);
      return 'last';
    },
    delivered: (account, message) => store.told({ account: account.id, key: message.key }, 'delivered', clock.nowMs()),
    async owedWith(account, message) {
      if (!(await store.anyForNextMessage(account.id))) return [];
      const taken = await store.takeForMessage(owedFor(account, message), clock.nowMs());
      return taken.map((xml) => `刚才的回复：${(xml === null ? null : replyText(xml)) ?? UNDECIDED_TEXT}`);
    },
    async stop() {
      const done = new AbortController();
      await Promise.race([Promise.all(writing), clock.sleep(3000, done.signal)]);
      done.abort();
    },
  };
}

/** Returns the text of a stored reply, null when it is of another kind. */
export function replyText(xml: string): string | null {
  return xmlText(readXml(xml), 'Content') ?? null;
}

function owedFor(account: Account, message: InboundMessage): OwedReply {
  return {
    account: account.id,
    key: message.key,
    openid: message.fromUser,
    trigger: message.kind === 'event' ? 'event' : 'message',
    askedAtMs: message.createTimeSeconds * 1000,
  };
}
