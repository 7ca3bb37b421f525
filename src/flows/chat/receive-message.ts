import { textLink } from '../../base/chat-links.ts';
import { OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import { shortOpenid } from '../../base/logger.ts';
import type { Logger } from '../../base/logger.ts';
import type { Verdict } from '../../rules/facts.ts';
import { mechanicAt } from '../../rules/trigger-schema.ts';
import type { DrawBatcher } from '../draw-batcher.ts';
import type { RequestLimits } from '../limit-requests.ts';
import type { ClaimLinks } from '../payees/claim-link.ts';
import type { Account } from '../ports/accounts.ts';
import type { DrawStore } from '../ports/draws.ts';
import type { InboundMessage, MessageOutcome, ReceiveMessage } from '../ports/messages.ts';
import type { PageReads } from '../ports/pages.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { chooseAnswer } from './choose-answer.ts';
import type { AnswerSources, ChatAnswer } from './choose-answer.ts';
import { UNDECIDED_TEXT } from './late-replies.ts';
import type { LateReplies } from './late-replies.ts';
import { AWARDS_SHOWN_MAX, myAwardsText } from './my-awards-text.ts';
import { NOTHING_NEW } from './note-event.ts';
import type { NotedEvent, NoteEvent } from './note-event.ts';
import { joinLines } from './way-in.ts';
import { wayTaken } from './way-taken.ts';

/** Told to whoever wrote while too many did. */
export const BUSY_TEXT = '现在参与的人太多，请稍后再发一次';
const TOO_FAST_TEXT = '发得太快了，请稍等几秒再发一次';

export interface ReceiveMessageOptions extends AnswerSources {
  readonly batcher: Pick<DrawBatcher, 'draw'>;
  readonly draws: Pick<DrawStore, 'storedReply'>;
  readonly reads: Pick<PageReads, 'awards'>;
  readonly limits: Pick<RequestLimits, 'ofPerson'>;
  readonly claims: ClaimLinks;
  readonly late: Pick<LateReplies, 'owedWith' | 'delivered'>;
  /** Writes down what an event says of a person, before it is answered. */
  readonly noteEvent: NoteEvent;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}

type Inbound = Parameters<ReceiveMessage>[0];

/**
 * Returns the flow of a message or event: one that an activity listens to becomes one draw whose reply is stored with
 * it, and a repeat gets that reply; what operators set is answered from there; anything else gets the account's
 * fallback text and leaves no trace. Replies that are still owed to the person come first.
 */
export function createReceiveMessage(options: ReceiveMessageOptions): ReceiveMessage {
  return async (inbound) => {
    const { account, message } = inbound;
    try {
      const noted = await note(options, account, message);
      const answer = await chooseAnswer(options, account, message, noted ?? NOTHING_NEW);
      const outcome = await carryOut(options, inbound, answer);
      if (noted !== null) return outcome;
      return { kind: 'undecided', xml: outcome.kind === 'nothing' ? '' : outcome.xml };
    } catch (error) {
      if (!(error instanceof OutsideTrouble)) throw error;
      const fields = { account: account.id, openid: shortOpenid(message.fromUser), code: error.code };
      options.logger.warn(fields, 'message-told-busy');
      // An admitted draw may have been decided after all: its repeat finds out.
      if (error.code === 'draw-not-decided') return { kind: 'undecided', xml: inbound.renderReply(UNDECIDED_TEXT) };
      return { kind: 'reply', xml: inbound.renderReply(BUSY_TEXT) };
    }
  };
}

/** Null when it could not be written down now. */
async function note(
  options: ReceiveMessageOptions,
  account: Account,
  message: InboundMessage,
): Promise<NotedEvent | null> {
  if (message.kind === 'other') {
    options.logger.info({ account: account.id, msgType: message.msgType.slice(0, 64) }, 'message-kind-unknown');
  }
  if (message.kind !== 'event') return NOTHING_NEW;
  try {
    return await options.noteEvent(account, message);
  } catch (error) {
    if (!(error instanceof OutsideTrouble)) throw error;
    options.logger.warn({ account: account.id, name: message.name.slice(0, 64), code: error.code }, 'event-not-noted');
    return null;
  }
}

async function carryOut(options: ReceiveMessageOptions, inbound: Inbound, answer: ChatAnswer): Promise<MessageOutcome> {
  switch (answer.kind) {
    case 'draw':
      if (await isTooFast(options, inbound)) return storedOr(options, inbound, TOO_FAST_TEXT);
      return draw(options, inbound, answer);
    case 'my-awards':
      return say(options, inbound, await listAwards(options, inbound));
    case 'text':
      return answer.drawable ? storedOr(options, inbound, answer.text) : say(options, inbound, answer.text);
    case 'nothing':
      return say(options, inbound, '');
  }
}

/** Whoever sends faster than anybody types gets a short answer, and no row is written for it. */
async function isTooFast({ limits, logger }: ReceiveMessageOptions, { account, message }: Inbound): Promise<boolean> {
  try {
    await limits.ofPerson('draw', { account: account.id, openid: message.fromUser });
    return false;
  } catch (error) {
    if (!(error instanceof WrongRequest)) throw error;
    logger.info({ account: account.id, openid: shortOpenid(message.fromUser) }, 'message-too-fast');
    return true;
  }
}

async function draw(
  options: ReceiveMessageOptions,
  { account, message, renderReply }: Inbound,
  { activity, by, leadsTo, before }: Extract<ChatAnswer, { kind: 'draw' }>,
): Promise<MessageOutcome> {
  const { batcher, claims, late } = options;
  const start = leadsTo ?? mechanicAt(activity.rule.trigger, by);
  const [owed, mustLink] = await Promise.all([
    late.owedWith(account, message),
    claims.needed(account, message.fromUser),
  ]);
  const link = mustLink ? claims.link(account, message.fromUser) : '';
  const render = (text: string, verdict: Verdict): string => {
    const paid = verdict.outcome === 'won' && verdict.amountFen > 0;
    return renderReply(joinLines(...owed, before, text, paid && link !== '' ? claimLine(link) : ''));
  };
  const said = message.kind === 'text' ? message.content : null;
  const { fromUser: openid, key } = message;
  const way = wayTaken(activity.rule.trigger, by, message);
  const { reply, fresh } = await batcher.draw({ activity, openid, key, start, way, said, render });
  if (!fresh) await late.delivered(account, message);
  return { kind: 'reply', xml: reply };
}

/** Says what was decided for this very message before, or else the text. */
async function storedOr(options: ReceiveMessageOptions, inbound: Inbound, text: string): Promise<MessageOutcome> {
  return (await storedOutcome(options, inbound)) ?? say(options, inbound, text);
}

/** The first delivery may have met an activity that has ended since: its reply still stands. */
async function storedOutcome(
  { draws, late }: ReceiveMessageOptions,
  { account, message }: Inbound,
): Promise<MessageOutcome | null> {
  const xml = await draws.storedReply(account.id, message.key);
  if (xml === undefined) return null;
  await late.delivered(account, message);
  return { kind: 'reply', xml };
}

async function say(
  { late }: ReceiveMessageOptions,
  { account, message, mayReply, renderReply }: Inbound,
  text: string,
): Promise<MessageOutcome> {
  if (!mayReply) return { kind: 'nothing' };
  const whole = joinLines(...(await late.owedWith(account, message)), text);
  return whole === '' ? { kind: 'nothing' } : { kind: 'reply', xml: renderReply(whole) };
}

async function listAwards(
  { reads, claims, clock, publicUrl }: ReceiveMessageOptions,
  { account, message }: Inbound,
): Promise<string> {
  const query = { account: account.id, openid: message.fromUser, most: AWARDS_SHOWN_MAX + 1, nowMs: clock.nowMs() };
  const awards = await reads.awards(query);
  const unlinked = awards.some(({ progress }) => progress === 'link-needed');
  const more = awards.length > AWARDS_SHOWN_MAX;
  if (unlinked) return myAwardsText(awards, { more, end: claimLine(claims.link(account, message.fromUser)) });
  // A subscription account has no web authorization, so its followers have no such page.
  const page = account.kind === 'service' && awards.length > 0;
  const end = page ? textLink({ href: `${publicUrl}/me/awards?account=${account.id}`, label: '查看全部' }) : '';
  return myAwardsText(awards, { more, end });
}

function claimLine(link: string): string {
  return textLink({ href: link, label: '点这里确认收款微信，领取红包' });
}
