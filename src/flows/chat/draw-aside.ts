import { textLink } from '../../base/chat-links.ts';
import type { Openid, RequestKey } from '../../base/ids.ts';
import { cdata } from '../../base/xml.ts';
import type { Verdict } from '../../rules/facts.ts';
import { mechanicAt } from '../../rules/trigger-schema.ts';
import type { DrawBatcher } from '../draw-batcher.ts';
import type { ClaimLinks } from '../payees/claim-link.ts';
import type { AccountDirectory } from '../ports/accounts.ts';
import type { DrawResult, LiveActivity } from '../ports/draws.ts';
import type { LastMessages } from '../ports/last-messages.ts';
import type { LateReplyStore } from '../ports/late-replies.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { joinLines } from './way-in.ts';

/** One draw for somebody who did not ask for it this moment. */
export interface AsideInput {
  readonly activity: LiveActivity;
  readonly openid: Openid;
  /** Decides the draw once for ever. */
  readonly key: RequestKey;
  readonly by: 'invite' | 'batch';
  /** What is said in front of the draw's own text. */
  readonly before: string;
  /** Who is told: whoever won, or everybody who drew. */
  readonly tells: 'winners' | 'everybody';
}

export interface DrawAside {
  /**
   * Draws, and owes the person the text: as a customer-service message where the account may write, else with their next
   * message. The same key always ends the same. Throws what the batcher throws; the call may be repeated.
   */
  draw(input: AsideInput): Promise<DrawResult>;
}

export interface DrawAsideOptions {
  readonly batcher: Pick<DrawBatcher, 'draw'>;
  readonly accounts: Pick<AccountDirectory, 'account'>;
  readonly claims: ClaimLinks;
  readonly lateReplies: Pick<LateReplyStore, 'owe'>;
  readonly lastMessages: LastMessages;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** Nothing to tell is stored as no text. */
const NOTHING_TO_TELL = '';

/** Builds it. What is told is the draw's stored reply, so that whoever goes on after a crash tells the same. */
export function createDrawAside(options: DrawAsideOptions): DrawAside {
  const { batcher, lateReplies, lastMessages, clock } = options;
  return {
    async draw({ activity, openid, key, by, before, tells }) {
      const { accountId: account, rule } = activity;
      const link = await claimLine(options, activity, openid);
      const render = (text: string, verdict: Verdict): string => {
        const told = tells === 'winners' ? verdict.outcome === 'won' : verdict.outcome !== 'refused';
        if (!told) return NOTHING_TO_TELL;
        const paid = verdict.outcome === 'won' && verdict.amountFen > 0;
        return `<xml><Content>${cdata(joinLines(before, text, paid ? link : ''))}</Content></xml>`;
      };
      const result = await batcher.draw({
        activity,
        openid,
        key,
        start: mechanicAt(rule.trigger, by),
        way: by,
        render,
      });
      if (result.reply === NOTHING_TO_TELL) return result;
      // Without a message there is no window, and the first of all times is out of every one.
      const askedAtMs = (await lastMessages.lastMessageAtMs({ account, openid })) ?? 0;
      await lateReplies.owe({ account, key, openid, trigger: 'message', askedAtMs }, clock.nowMs());
      return result;
    },
  };
}

/** Where the account cannot pay, the winner has to say where the packet goes. */
async function claimLine(
  { accounts, claims }: DrawAsideOptions,
  activity: LiveActivity,
  openid: Openid,
): Promise<string> {
  if (activity.paysThrough === null) return '';
  const account = await accounts.account(activity.accountId);
  if (account === undefined || !(await claims.needed(account, openid))) return '';
  return textLink({ href: claims.link(account, openid), label: '点这里确认收款微信，领取红包' });
}
