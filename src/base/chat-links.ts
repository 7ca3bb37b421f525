// WeChat reads only links inside a text; there is no way to escape these two, so they are shown as their wide forms.
const WIDE = new Map([
  ['<', '＜'],
  ['>', '＞'],
]);

/** Makes words from outside safe inside a text with links: no `<` or `>` of theirs can begin or end one. */
export function linklessText(words: string): string {
  return words.toWellFormed().replaceAll(/[<>]/g, (sign) => WIDE.get(sign) ?? '');
}

/**
 * A link inside a text (https://developers.weixin.qq.com/doc/service/guide/product/message/Passive_user_reply_message.html).
 * Throws RangeError for anything but an http or https address.
 */
export function textLink(link: { href: string; label: string }): string {
  return `<a href="${webAddress(link.href)}">${linklessText(link.label)}</a>`;
}

/** A link into a mini program; `href` is the page for clients that cannot open it. Throws RangeError. */
export function miniProgramLink(link: { href: string; appId: string; path: string; label: string }): string {
  if (!/^wx[0-9a-f]{16}$/.test(link.appId))
    throw new RangeError('a mini program has an app id of wx and 16 hex digits');
  const program = `data-miniprogram-appid="${link.appId}" data-miniprogram-path="${attribute(link.path)}"`;
  return `<a href="${webAddress(link.href)}" ${program}>${linklessText(link.label)}</a>`;
}

/**
 * A link that, when tapped, sends `content` into the chat as the person's own text message, which then carries `id` as
 * its menu id. Undocumented for replies but in wide use; documented for customer-service messages.
 */
export function menuLink(link: { id: string; content: string; label: string }): string {
  const query = `msgmenucontent=${queryValue(link.content)}&msgmenuid=${queryValue(link.id)}`;
  return `<a href="weixin://bizmsgmenu?${query}">${linklessText(link.label)}</a>`;
}

function queryValue(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll("'", '%27');
}

function webAddress(href: string): string {
  const url = URL.parse(href);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new RangeError(`a link needs an http or https address, not ${JSON.stringify(href.slice(0, 100))}`);
  }
  return attribute(url.href);
}

function attribute(text: string): string {
  return text.toWellFormed().replaceAll(/["'<>\s]/g, (sign) => encodeURIComponent(sign).replace("'", '%27'));
}
