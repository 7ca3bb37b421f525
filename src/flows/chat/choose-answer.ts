import { foldWord } from '../../rules/fold-word.ts';
import type { WordFolder } from '../../rules/fold-word.ts';
import type { ActivityChooser, Entered } from '../../rules/trigger.ts';
import type { TriggerKind } from '../../rules/trigger-schema.ts';
import { readMenuKey } from '../settings/menu-key.ts';
import type { Account } from '../ports/accounts.ts';
import type { ChatSettings, KeywordReply } from '../ports/chat-settings.ts';
import type { ActivityDirectory, LiveActivity } from '../ports/draws.ts';
import type { ScanEvent, SubscribeEvent } from '../ports/message-events.ts';
import type { InboundMessage } from '../ports/messages.ts';
import type { NotedEvent } from './note-event.ts';
import { joinLines, wayInto } from './way-in.ts';

/** What a message calls for, before anything is done. */
export type ChatAnswer =
  /**
   * `by`: the way in that the message takes; `leadsTo`: the mechanic its word names. `before`: what is said in front of
   * the draw's own text.
   */
  | {
      readonly kind: 'draw';
      readonly activity: LiveActivity;
      readonly by: TriggerKind;
      readonly leadsTo?: string;
      readonly before: string;
    }
  | { readonly kind: 'my-awards' }
  /** `drawable`: the same message might have been drawn for before, when an activity still listened. */
  | { readonly kind: 'text'; readonly text: string; readonly drawable: boolean }
  | { readonly kind: 'nothing' };

export interface AnswerSources {
  readonly activities: ActivityDirectory;
  readonly settings: ChatSettings;
  readonly chooser: ActivityChooser<LiveActivity>;
  readonly foldWords: WordFolder;
  /** Where the pages are, without a slash at the end. */
  readonly publicUrl: string;
}

const NOTHING: ChatAnswer = { kind: 'nothing' };

/**
 * Chooses how a message is answered. A text: the account's keyword for awards, an activity, a keyword reply, the
 * fallback, in this order. A follow or a scan draws where an activity listens to it, behind the text it is greeted
 * with. Throws OutsideTrouble when what operators set cannot be read.
 */
export async function chooseAnswer(
  sources: AnswerSources,
  account: Account,
  message: InboundMessage,
  noted: NotedEvent,
): Promise<ChatAnswer> {
  if (message.kind === 'text') return answerText(sources, account, message.content);
  if (message.kind !== 'event') return message.kind === 'other' ? NOTHING : plain(account.fallbackText);
  switch (message.event) {
    case 'subscribe':
    case 'scan':
      return answerArrival(sources, account, message, noted);
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
  const entered = sources.chooser.enteredByText(content, live);
  if (entered !== undefined) return { kind: 'draw', ...entered, before: '' };
  const reply = chooseReply(said, await sources.settings.keywordReplies(account.id), sources.foldWords);
  const text = reply === undefined ? account.fallbackText : replyText(reply, live, sources.publicUrl);
  return { kind: 'text', text, drawable: true };
}

/** An exact word counts before a contained one; among equals the operators' order. */
function chooseReply(said: string, replies: readonly KeywordReply[], foldWords: WordFolder): KeywordReply | undefined {
  if (said === '') return undefined;
  const fits = (reply: KeywordReply, matches: (word: string) => boolean): boolean =>
    foldWords(reply.words).some(matches);
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
      const live = await sources.activities.live(account.id);
      const activity = live.find(({ slug, rule }) => slug === meant.slug && rule.trigger.menu);
      return activity === undefined
        ? { kind: 'text', text: account.fallbackText, drawable: true }
        : { kind: 'draw', activity, by: 'menu', before: '' };
    }
    case 'reply': {
      const replies = await sources.settings.keywordReplies(account.id);
      const reply = replies.find(({ id }) => id === meant.id);
      if (reply === undefined) return plain(account.fallbackText);
      return plain(replyText(reply, await sources.activities.live(account.id), sources.publicUrl));
    }
  }
}

/** Somebody follows or scans a code: greeted by what the code says, or by the welcome where they follow. */
async function answerArrival(
  { settings, activities, chooser, publicUrl }: AnswerSources,
  account: Account,
  event: SubscribeEvent | ScanEvent,
  { firstFollow: first }: NotedEvent,
): Promise<ChatAnswer> {
  const { scene } = event;
  const live = await activities.live(account.id);
  const entered: Entered<LiveActivity> | undefined =
    event.event === 'subscribe' ? chooser.byFollow({ first, scene }, live) : chooser.byScene(event.scene, live);
  const instead = event.event === 'subscribe' ? account.welcomeText : '';
  const answer = scene === null ? undefined : await settings.scene(account.id, scene);
  const activityId = answer?.activityId ?? null;
  const reply = answer === undefined || answer.reply === '' ? instead : answer.reply;
  // Whoever draws in the activity needs no way into it.
  const before = replyText(
    { reply, activityId: activityId === entered?.activity.id ? null : activityId },
    live,
    publicUrl,
  );
  if (entered !== undefined) return { kind: 'draw', ...entered, before };
  return { kind: 'text', text: before, drawable: true };
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
