import { foldWord } from '../../rules/fold-word.ts';
import { chooseByText } from '../../rules/trigger.ts';
import { readMenuKey } from '../settings/menu-key.ts';
import type { Account } from '../ports/accounts.ts';
import type { ChatSettings, KeywordReply } from '../ports/chat-settings.ts';
import type { ActivityDirectory, LiveActivity } from '../ports/draws.ts';
import type { InboundMessage } from '../ports/messages.ts';
import { joinLines, wayInto } from './way-in.ts';

/** What a message calls for, before anything is done. */
export type ChatAnswer =
  | { readonly kind: 'draw'; readonly activity: LiveActivity }
  | { readonly kind: 'my-awards' }
  /** `drawable`: the same message might have been drawn for before, when an activity still listened. */
  | { readonly kind: 'text'; readonly text: string; readonly drawable: boolean }
  | { readonly kind: 'nothing' };

export interface AnswerSources {
  readonly activities: ActivityDirectory;
  readonly settings: ChatSettings;
  /** Where the pages are, without a slash at the end. */
  readonly publicUrl: string;
}

const NOTHING: ChatAnswer = { kind: 'nothing' };

/**
 * Chooses how a message is answered. A text: the account's keyword for awards, an activity, a keyword reply, the
 * fallback, in this order. Throws OutsideTrouble when what operators set cannot be read.
 */
export async function chooseAnswer(
  sources: AnswerSources,
  account: Account,
  message: InboundMessage,
): Promise<ChatAnswer> {
  if (message.kind === 'text') return answerText(sources, account, message.content);
  if (message.kind !== 'event') return message.kind === 'other' ? NOTHING : plain(account.fallbackText);
  switch (message.event) {
    case 'subscribe':
      return answerScene(sources, account, { scene: message.scene, instead: account.welcomeText });
    case 'scan':
      return answerScene(sources, account, { scene: message.scene, instead: '' });
    case 'click':
      return answerTap(sources, account, message.eventKey);
    default:
      return NOTHING;
  }
}

async function answerText(sources: AnswerSources, account: Account, content: string): Promise<ChatAnswer> {
  const said = foldWord(content);
  if (said !== '' && said === foldWord(account.myAwardsKeyword)) return { kind: 'my-awards' };
  const live = await sources.activities.live(account.id);
  const activity = chooseByText(content, live);
  if (activity !== undefined) return { kind: 'draw', activity };
  const reply = chooseReply(said, await sources.settings.keywordReplies(account.id));
  const text = reply === undefined ? account.fallbackText : replyText(reply, live, sources.publicUrl);
  return { kind: 'text', text, drawable: true };
}

/** An exact word counts before a contained one; among equals the operators' order. */
function chooseReply(said: string, replies: readonly KeywordReply[]): KeywordReply | undefined {
  if (said === '') return undefined;
  const fits = (reply: KeywordReply, matches: (word: string) => boolean): boolean =>
    reply.words.some((word) => matches(foldWord(word)));
  return (
    replies.find((reply) => fits(reply, (word) => word === said)) ??
    replies.find((reply) => reply.match === 'contains' && fits(reply, (word) => said.includes(word)))
  );
}

async function answerTap(sources: AnswerSources, account: Account, key: string): Promise<ChatAnswer> {
  const meant = readMenuKey(key);
  switch (meant.kind) {
    case 'my-awards':
      return { kind: 'my-awards' };
    case 'text':
      return answerText(sources, account, meant.text);
    case 'activity': {
      const activity = (await sources.activities.live(account.id)).find(({ slug }) => slug === meant.slug);
      return activity === undefined
        ? { kind: 'text', text: account.fallbackText, drawable: true }
        : { kind: 'draw', activity };
    }
    case 'reply': {
      const replies = await sources.settings.keywordReplies(account.id);
      const reply = replies.find(({ id }) => id === meant.id);
      if (reply === undefined) return plain(account.fallbackText);
      return plain(replyText(reply, await sources.activities.live(account.id), sources.publicUrl));
    }
  }
}

async function answerScene(
  { settings, activities, publicUrl }: AnswerSources,
  account: Account,
  { scene, instead }: { readonly scene: string | null; readonly instead: string },
): Promise<ChatAnswer> {
  const answer = scene === null ? undefined : await settings.scene(account.id, scene);
  if (answer === undefined) return plain(instead);
  const text = answer.reply === '' ? instead : answer.reply;
  return plain(replyText({ ...answer, reply: text }, await activities.live(account.id), publicUrl));
}

/** The way into an activity that is not live (any more) is left out. */
function replyText(
  { reply, activityId }: Pick<KeywordReply, 'reply' | 'activityId'>,
  live: readonly LiveActivity[],
  publicUrl: string,
): string {
  const activity = activityId === null ? undefined : live.find(({ id }) => id === activityId);
  return joinLines(reply, activity === undefined ? '' : wayInto(activity, publicUrl));
}

function plain(text: string): ChatAnswer {
  return { kind: 'text', text, drawable: false };
}
