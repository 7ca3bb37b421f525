import { OutsideTrouble } from '../../base/errors.ts';
import { shortOpenid } from '../../base/logger.ts';
import type { Logger } from '../../base/logger.ts';
import type { AccountDirectory } from '../ports/accounts.ts';
import type { CustomerMessages, CustomerOutcome } from '../ports/customer-messages.ts';
import type { DueReply, LateReplyStore, OwedReply } from '../ports/late-replies.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { replyText, UNDECIDED_TEXT } from './late-replies.ts';

/** How long and how often an account may write by itself, by what the person did. */
const CUSTOMER_WINDOWS: Readonly<Record<OwedReply['trigger'], { readonly ms: number; readonly messages: number }>> = {
  message: { ms: 48 * 3_600_000, messages: 5 },
  event: { ms: 60_000, messages: 3 },
};

export interface TellLateReplies {
  /** Tells those that are due, a few at a time, and returns how many were looked at. */
  tellDue(): Promise<number>;
  /** Removes what is over. */
  forgetOld(): Promise<void>;
}

const TAKEN_MAX = 20;
// Longer than 20 sends with a deadline of 5 s each that go in fours.
const LEASE_MS = 60_000;
const AT_ONCE = 4;
/** A reply that is not there by then never comes: the longest patience of a draw is 4 s. */
const UNDECIDED_MS = 30_000;
const LOOK_AGAIN_MS = 2000;
const PAUSE_FIRST_MS = 2000;
const PAUSE_MAX_MS = 60_000;
const TRIES_MAX = 10;
const KEPT_MS = 7 * 24 * 3_600_000;

/**
 * Returns what brings late replies: by customer-service message where the account may send one, with the person's next
 * message otherwise. A message has no id to tell repeats by, so one that may have gone is not sent again.
 */
export function createTellLateReplies(options: {
  readonly store: LateReplyStore;
  readonly accounts: Pick<AccountDirectory, 'account'>;
  readonly messages: Pick<CustomerMessages, 'send'>;
  readonly clock: Clock;
  readonly logger: Logger;
}): TellLateReplies {
  const { store, clock, logger } = options;

  async function tellOne(due: DueReply): Promise<void> {
    const fields = { account: due.account, openid: shortOpenid(due.openid), tries: due.tries };
    if (due.wasSending) return settle(due, { kind: 'unclear', reason: 'the sender died while sending' });
    const ageMs = clock.nowMs() - due.askedAtMs;
    if (due.xml === null && ageMs < UNDECIDED_MS) {
      return store.putBack(due, { dueAtMs: clock.nowMs() + LOOK_AGAIN_MS }, 'not decided yet');
    }
    const text = due.xml === null ? UNDECIDED_TEXT : replyText(due.xml);
    if (text === null) return store.putBack(due, 'given-up', 'no text');
    const account = await options.accounts.account(due.account);
    const allowed = CUSTOMER_WINDOWS[due.trigger];
    const why = !account?.customerMessages
      ? 'the account sends no such messages'
      : ageMs >= allowed.ms
        ? 'the window is over'
        : due.sentInWindow >= allowed.messages
          ? 'the window is used up'
          : null;
    if (account === undefined || why !== null) return store.putBack(due, 'next-message', why ?? 'no such account');
    if (!(await store.beginSending(due))) return;
    try {
      const outcome = await options.messages.send(account, due.openid, { kind: 'text', content: text });
      logger.info({ ...fields, outcome: outcome.kind }, 'late-reply-sent');
      await settle(due, outcome);
    } catch (error) {
      await notSent(due, error);
    }
  }

  async function settle(due: DueReply, outcome: CustomerOutcome): Promise<void> {
    if (outcome.kind !== 'refused') return store.told(due, outcome.kind, clock.nowMs());
    const gone = outcome.why === 'person-unreachable' || outcome.why === 'media-gone';
    return store.putBack(due, gone ? 'given-up' : 'next-message', `${outcome.why} (${outcome.errcode})`);
  }

  /** It surely did not go. */
  async function notSent(due: DueReply, error: unknown): Promise<void> {
    const fields = { account: due.account, openid: shortOpenid(due.openid), tries: due.tries, error: String(error) };
    if (!(error instanceof OutsideTrouble)) {
      logger.error(fields, 'late-reply-not-sent');
      return store.putBack(due, 'next-message', 'our fault');
    }
    logger.warn(fields, 'late-reply-not-sent');
    if (due.tries >= TRIES_MAX) return store.putBack(due, 'next-message', error.code);
    const pauseMs = Math.min(PAUSE_FIRST_MS * 2 ** (due.tries - 1), PAUSE_MAX_MS);
    return store.putBack(due, { dueAtMs: clock.nowMs() + pauseMs }, error.code);
  }

  return {
    async tellDue() {
      const windowMs = { message: CUSTOMER_WINDOWS.message.ms, event: CUSTOMER_WINDOWS.event.ms };
      const due = await store.takeDue({ nowMs: clock.nowMs(), leaseMs: LEASE_MS, most: TAKEN_MAX, windowMs });
      for (let from = 0; from < due.length; from += AT_ONCE)
        await Promise.all(due.slice(from, from + AT_ONCE).map(tellOne));
      return due.length;
    },
    forgetOld: () => store.forget(clock.nowMs() - KEPT_MS),
  };
}
