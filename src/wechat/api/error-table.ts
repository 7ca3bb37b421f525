/** What a refusal asks of us. The number alone decides; its text is for people and changes. */
export type ApiAction =
  /** WeChat is busy: again with growing pauses, but only what may be repeated without harm. */
  | 'retry-if-repeatable'
  /** The token is dead: another one, and the call once more. */
  | 'new-token-once'
  /** A setting is wrong: nothing is asked again until a person has put it right. */
  | 'stop-and-alarm'
  /** WeChat asked the account's administrator: a person confirms, then again, an hour later after a no. */
  | 'ask-administrator'
  /** This person cannot be reached or is another account's: leave them out. */
  | 'drop'
  /** Not before the person's next action in the chat. */
  | 'wait-for-person'
  /** The person's consent to one notice is used up: forget it. */
  | 'spend-grant'
  /** Upload the media again, or another one. */
  | 'renew-media'
  /** Send the person through web authorization once more. */
  | 'restart-authorization'
  /** The operator's data is wrong: tell the operator. */
  | 'fix'
  /** We asked in a way that WeChat never takes. */
  | 'our-bug'
  | 'wait-a-minute'
  /** Used up for today; counts begin anew at midnight in Beijing. */
  | 'wait-a-day'
  /** Sent before under the same id: what was sent then stands. */
  | 'sent-before'
  | 'no-menu'
  /** This account may not: the feature is off for it. */
  | 'feature-off'
  | 'unknown';

interface ErrorRow {
  readonly action: ApiAction;
  readonly meaning: string;
}

type Line = readonly [code: number, action: ApiAction, meaning: string];

const SYSTEM: readonly Line[] = [
  [-1, 'retry-if-repeatable', 'WeChat is busy'],
  [40001, 'new-token-once', 'the token is invalid or not the latest'],
  [40014, 'new-token-once', 'the token is malformed'],
  [42001, 'new-token-once', 'the token has expired'],
  [41001, 'our-bug', 'the token is missing'],
  [40002, 'stop-and-alarm', 'the grant type is wrong'],
  [40013, 'stop-and-alarm', 'the app id is wrong'],
  [40125, 'stop-and-alarm', 'the app secret is wrong'],
  [41002, 'stop-and-alarm', 'the app id is missing'],
  [41004, 'stop-and-alarm', 'the app secret is missing'],
  [40164, 'stop-and-alarm', 'this address is not on the IP allow list'],
  [61004, 'stop-and-alarm', 'this address is not on the IP allow list'],
  [45035, 'stop-and-alarm', 'this address is not on the IP allow list'],
  [40243, 'stop-and-alarm', 'the app secret is frozen'],
  [89501, 'ask-administrator', 'the administrator has not confirmed this address'],
  [89503, 'ask-administrator', 'the administrator was asked to confirm this address'],
  [89506, 'ask-administrator', 'the administrator refused this address for a day'],
  [89507, 'ask-administrator', 'the administrator refused this address for an hour'],
  [48004, 'stop-and-alarm', 'WeChat has blocked this API for the account'],
  [48001, 'feature-off', 'the account has no right to this API'],
  [48008, 'feature-off', 'the account has no right to send this kind of message'],
  [48006, 'wait-a-day', 'the monthly clearings of quotas are used up'],
  [45009, 'wait-a-day', 'the daily quota of this API is used up'],
  [45011, 'wait-a-minute', 'too many calls in this minute'],
  [76003, 'our-bug', 'the path to ask the quota of is wrong'],
];

const PEOPLE: readonly Line[] = [
  [40003, 'drop', 'the openid is invalid or of another account'],
  [43004, 'drop', 'the person does not follow the account'],
  [43019, 'drop', 'the person is on the blacklist'],
  [48002, 'drop', 'the person has switched messages off'],
  [50002, 'drop', "the person's WeChat account is restricted"],
  [50005, 'drop', 'the person does not follow the account'],
  [49003, 'drop', 'the openid is of another account'],
  [43101, 'spend-grant', 'the person has consented to no further notice'],
  [45015, 'wait-for-person', "the time after the person's action is over, or they left"],
  [45047, 'wait-for-person', "the messages after the person's action are used up"],
  [40029, 'restart-authorization', 'the authorization code is invalid or expired'],
  [40163, 'restart-authorization', 'the authorization code was used'],
  [41008, 'restart-authorization', 'the authorization code is missing'],
  [40030, 'restart-authorization', 'the refresh token is invalid'],
  [42002, 'restart-authorization', 'the refresh token has expired'],
  [42003, 'restart-authorization', 'the authorization code has expired'],
  [42007, 'restart-authorization', 'the person changed their password'],
  [50001, 'restart-authorization', 'the person has not authorized this'],
];

const MEDIA: readonly Line[] = [
  [40004, 'renew-media', 'the type of the media is wrong'],
  [40005, 'renew-media', 'the type of the file is wrong'],
  [40006, 'renew-media', 'the file is too large'],
  [40007, 'renew-media', 'there is no such media, or it has expired'],
  [40008, 'renew-media', 'the type of the message is wrong'],
  [40009, 'renew-media', 'the picture is too large'],
  [40010, 'renew-media', 'the voice is too large'],
  [40011, 'renew-media', 'the video is too large'],
  [40012, 'renew-media', 'the thumbnail is too large'],
  [40118, 'renew-media', 'the media id is too long'],
  [40121, 'renew-media', 'the type of the media does not suit'],
  [40137, 'renew-media', 'the format of the picture does not suit'],
];

const TEXTS: readonly Line[] = [
  [40033, 'our-bug', 'characters came as escapes'],
  [40035, 'our-bug', 'a parameter is wrong'],
  [40038, 'our-bug', 'the form of the request is wrong'],
  [40066, 'our-bug', 'there is no such address'],
  [40097, 'our-bug', 'an argument is wrong'],
  [43001, 'our-bug', 'GET is needed'],
  [43002, 'our-bug', 'POST is needed'],
  [43003, 'our-bug', 'HTTPS is needed'],
  [44002, 'our-bug', 'the request is empty'],
  [47001, 'our-bug', 'the request is no JSON'],
  [9001001, 'our-bug', 'the request is wrong'],
  [40037, 'fix', 'there is no such template'],
  [47003, 'fix', 'a value of the template is wrong'],
  [44003, 'fix', 'the article is empty'],
  [44004, 'fix', 'the text is empty'],
  [45002, 'fix', 'the text is too long: send it in parts'],
  [45008, 'fix', 'a message takes one article'],
  [45065, 'sent-before', 'this message was sent before'],
  [45066, 'wait-a-minute', 'the message was repeated too quickly'],
  [45067, 'our-bug', "the message's id is too long"],
  [63002, 'fix', 'the signature of the page is wrong: sign the exact address'],
  ...fixes(61450, 61457, 'the customer-service account is wrong'),
];

const TAGS_AND_MENUS: readonly Line[] = [
  [40032, 'fix', 'too many people at once: 50 for tags, 20 for the blacklist'],
  [45056, 'fix', 'an account has at most 100 tags'],
  [45057, 'fix', 'a tag of more than 100,000 followers cannot be deleted'],
  [45058, 'fix', "WeChat's own tags 0, 1 and 2 cannot be changed"],
  [45059, 'fix', 'a person has at most 20 tags'],
  [45157, 'fix', 'there is a tag of this name, or the name is not allowed'],
  [45158, 'fix', 'the name of the tag is longer than 30 bytes'],
  [45159, 'fix', 'there is no such tag'],
  [46002, 'no-menu', 'there is no menu of this version'],
  [46003, 'no-menu', 'there is no menu'],
  [40015, 'fix', 'the type of a menu is wrong'],
  ...fixes(40016, 40028, 'the menu has a wrong button'),
  [40054, 'fix', 'the address of a sub-button is wrong'],
  [40055, 'fix', 'the address of a button is wrong'],
  ...fixes(65301, 65320, 'the conditional menu is wrong'),
  [65303, 'fix', 'a conditional menu needs a default menu first'],
  [65304, 'fix', 'the rule of the conditional menu is empty'],
  [65316, 'fix', 'the menu leads to more than 3 domains'],
  [65317, 'fix', 'an address in the menu is wrong'],
  [65320, 'fix', 'the rule asks for what WeChat no longer tells of people'],
];

/** https://developers.weixin.qq.com/doc/service/guide/dev/api/errorcode.html; closed on purpose: see actionOn. */
export const ERROR_TABLE: ReadonlyMap<number, ErrorRow> = new Map(
  [SYSTEM, PEOPLE, MEDIA, TEXTS, TAGS_AND_MENUS]
    .flat()
    .map(([code, action, meaning]): [number, ErrorRow] => [code, { action, meaning }]),
);

const UNKNOWN: ErrorRow = { action: 'unknown', meaning: 'a number this service does not know' };
const TOKEN_PATHS: ReadonlySet<string> = new Set(['/cgi-bin/token', '/cgi-bin/stable_token']);

/** Returns the row of a refusal; a number that is not listed has the action `unknown`, never a guess. */
export function errorRow({ path, errcode }: { readonly path: string; readonly errcode: number }): ErrorRow {
  // Where a token is asked for, an invalid credential can only be the secret.
  if (errcode === 40001 && TOKEN_PATHS.has(path))
    return { action: 'stop-and-alarm', meaning: 'the app secret is wrong' };
  return ERROR_TABLE.get(errcode) ?? UNKNOWN;
}

function fixes(first: number, last: number, meaning: string): readonly Line[] {
  return Array.from({ length: last - first + 1 }, (_, index): Line => [first + index, 'fix', meaning]);
}
