import type { Account, MessageMode } from '../account.ts';
import { decryptMessage, sortedSha1 } from '../wire/envelope.ts';
import { flatFields, readXml, type XmlElement } from '../wire/xml.ts';

export type Article = { title: string; description: string; url: string; pictureUrl: string };

/** What the user gets to see. */
export type Reply =
  | { type: 'text'; content: string }
  | { type: 'image' | 'voice' | 'video' | 'music'; mediaId: string }
  | { type: 'news'; articles: Article[] }
  | { type: 'transfer_customer_service' };

export type Verdict =
  | { kind: 'acknowledged' }
  | { kind: 'replied'; reply: Reply; xml: string; warnings: string[] }
  | { kind: 'fault'; why: string };

export type Judging = {
  account: Account;
  mode: MessageMode;
  openid: string;
  /** An ordinary message may be answered with one article, an event with eight. */
  trigger: 'message' | 'event';
  mediaIds: ReadonlySet<string>;
};

const textBytesMax = 2048;

/**
 * Judges a body answered with status 200 as WeChat does: `success` or nothing, or XML of the right shape for the right
 * person, encrypted where it must be. Anything else makes the user see a fault notice.
 * https://developers.weixin.qq.com/doc/subscription/guide/dev/push/passive.html
 */
export function judgeReply(body: string, judging: Judging): Verdict {
  if (body === '' || body === 'success') return { kind: 'acknowledged' };
  try {
    const xml = openReply(body, judging);
    const { reply, warnings } = readReply(xml, judging);
    return { kind: 'replied', reply, xml, warnings };
  } catch (error) {
    return { kind: 'fault', why: error instanceof Error ? error.message : 'unreadable' };
  }
}

function openReply(body: string, { account, mode }: Judging): string {
  const root = readXml(body);
  const encrypted = root.children.some(({ name }) => name === 'Encrypt');
  if (!encrypted && mode === 'safe') throw new Error('a plain reply in safe mode');
  if (!encrypted) return body;
  if (mode === 'plain') throw new Error('an encrypted reply in plain mode');
  const fields = flatFields(root);
  const field = (name: string): string => fields.get(name) ?? fail(`${name} is missing beside Encrypt`);
  const [text, timestamp, nonce] = [field('Encrypt'), field('TimeStamp'), field('Nonce')];
  if (!/^[0-9]+$/.test(timestamp)) fail('TimeStamp is not a whole number');
  if (sortedSha1(account.token, timestamp, nonce, text) !== field('MsgSignature')) fail('MsgSignature is wrong');
  const opened = decryptMessage(text, account.encodingAesKey);
  if (opened.appId !== account.appId) fail(`the reply is encrypted for ${opened.appId}`);
  return opened.text;
}

function readReply(xml: string, judging: Judging): { reply: Reply; warnings: string[] } {
  const root = readXml(xml);
  if (root.name !== 'xml') fail(`the root element is ${root.name}`);
  if (childText(root, 'ToUserName') !== judging.openid) fail('the reply is for somebody else');
  if (childText(root, 'FromUserName') !== judging.account.originalId) fail('the reply is not from this account');
  if (!/^[0-9]{1,13}$/.test(childText(root, 'CreateTime'))) fail('CreateTime is not a whole number');
  const warnings: string[] = [];
  return { reply: readByType(root, judging, warnings), warnings };
}

function readByType(root: XmlElement, { trigger, mediaIds }: Judging, warnings: string[]): Reply {
  const type = childText(root, 'MsgType');
  switch (type) {
    case 'text':
      return { type, content: readText(root, warnings) };
    case 'image':
    case 'voice':
    case 'video':
      return { type, mediaId: knownMedia(childText(child(root, capital(type)), 'MediaId'), mediaIds) };
    case 'music':
      return { type, mediaId: knownMedia(childText(child(root, 'Music'), 'ThumbMediaId'), mediaIds) };
    case 'news':
      return { type, articles: readArticles(root, trigger === 'message' ? 1 : 8) };
    case 'transfer_customer_service':
      if (trigger === 'event') warnings.push('an event is not handed to customer service');
      if (root.children.some(({ name }) => name === 'TransInfo')) childText(child(root, 'TransInfo'), 'KfAccount');
      return { type };
    default:
      return fail(`MsgType ${type} is unknown`);
  }
}

/** The old page says 2048 bytes, the field says that 2047 is the longest that arrives. */
function readText(root: XmlElement, warnings: string[]): string {
  const content = childText(root, 'Content');
  const bytes = Buffer.byteLength(content);
  if (bytes > textBytesMax) fail(`Content has ${bytes} bytes, more than ${textBytesMax}`);
  if (bytes === textBytesMax) warnings.push(`Content has ${bytes} bytes, which some clients refuse`);
  return content;
}

function readArticles(root: XmlElement, countMax: number): Article[] {
  const items = child(root, 'Articles').children;
  if (items.some(({ name }) => name !== 'item')) fail('Articles holds something else than item');
  if (childText(root, 'ArticleCount') !== String(items.length)) fail('ArticleCount does not count the articles');
  if (items.length < 1 || items.length > countMax) fail(`${items.length} articles, allowed are 1 to ${countMax}`);
  return items.map((item) => ({
    title: childText(item, 'Title'),
    description: childText(item, 'Description'),
    url: childText(item, 'Url'),
    pictureUrl: childText(item, 'PicUrl'),
  }));
}

function child(parent: XmlElement, name: string): XmlElement {
  const found = parent.children.filter((element) => element.name === name);
  if (found.length > 1) fail(`${name} stands twice`);
  return found[0] ?? fail(`${name} is missing`);
}

function childText(parent: XmlElement, name: string): string {
  const { text, children } = child(parent, name);
  if (children.length > 0 || text === '') fail(`${name} is empty or no text`);
  return text;
}

function knownMedia(mediaId: string, mediaIds: ReadonlySet<string>): string {
  return mediaIds.has(mediaId) ? mediaId : fail(`media ${mediaId} does not exist`);
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

function fail(why: string): never {
  throw new Error(why);
}
