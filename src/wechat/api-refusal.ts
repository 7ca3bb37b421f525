import { OutsideTrouble } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { errorRow } from './api/error-table.ts';
import type { ApiAction } from './api/error-table.ts';

/** WeChat's no. Only the number says what it means; the text is for people and changes. */
export interface ApiRefusal {
  readonly kind: 'refused';
  readonly path: string;
  readonly errcode: number;
  /** At most 300 characters, without anything secret that was sent. */
  readonly errmsg: string;
  /** Names the call to WeChat's support; null when there is none. */
  readonly rid: string | null;
}

const ERRMSG_CHARACTERS_MAX = 300;
const RID = /(?:\brid: ?|req_id: ?|hint: ?\[ ?)([\w.-]{1,64})/;

/** Keeps what WeChat said of a call. `secrets` are blanked in the text. */
export function readRefusal(input: {
  readonly path: string;
  readonly errcode: number;
  readonly errmsg: unknown;
  readonly secrets: readonly string[];
}): ApiRefusal {
  const { path, errcode, errmsg, secrets } = input;
  const text = typeof errmsg === 'string' ? errmsg : '';
  const blanked = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .reduce((left, secret) => left.replaceAll(secret, '***'), text);
  return {
    kind: 'refused',
    path,
    errcode,
    errmsg: blanked.slice(0, ERRMSG_CHARACTERS_MAX),
    rid: RID.exec(blanked)?.[1] ?? null,
  };
}

const CHECK_SECRET = "set the app secret shown on WeChat's admin page; resetting it there makes the old one useless";
const ALLOW_ADDRESS = "add this server's address, which the text names, to the account's IP allow list";
const CONFIRM_ADDRESS = "let the account's administrator confirm this server's address, asked for by a WeChat message";
const NO_RIGHT = 'the account has no right to this API: look at its verification and API permissions on the admin page';

/** What a person has to do about it. https://developers.weixin.qq.com/doc/service/guide/dev/api/errorcode.html */
const TO_DO: Readonly<Record<number, string>> = {
  40001: CHECK_SECRET,
  40002: 'this service asked in a way WeChat no longer takes: update it',
  40013: "set the app id shown on WeChat's admin page",
  41002: "set the app id shown on WeChat's admin page",
  40125: CHECK_SECRET,
  41004: CHECK_SECRET,
  40164: ALLOW_ADDRESS,
  61004: ALLOW_ADDRESS,
  45035: ALLOW_ADDRESS,
  40243: "the app secret is frozen: unfreeze it on WeChat's admin page, which takes 10 minutes",
  89501: CONFIRM_ADDRESS,
  89503: CONFIRM_ADDRESS,
  89506: CONFIRM_ADDRESS,
  89507: CONFIRM_ADDRESS,
  48001: NO_RIGHT,
  48004: 'WeChat has blocked this API for the account: see the notice on the admin page',
  48008: NO_RIGHT,
};
const PERSON_NEEDED: ReadonlySet<ApiAction> = new Set(['stop-and-alarm', 'ask-administrator', 'feature-off']);
const ADDRESS_CODES: ReadonlySet<number> = new Set([40164, 61004, 45035, 89501, 89503, 89506, 89507]);
/** The first address in the text, version 4 or 6. Only told to people, never decided by. */
const ADDRESS = /\b(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?![\w.:])/i;

/** Returns what a person has to do, or undefined when nobody has to. */
export function toDoAbout({
  path,
  errcode,
  errmsg,
}: Pick<ApiRefusal, 'path' | 'errcode' | 'errmsg'>): string | undefined {
  if (!PERSON_NEEDED.has(errorRow({ path, errcode }).action)) return undefined;
  const toDo = TO_DO[errcode] ?? "look at WeChat's admin page";
  const address = ADDRESS_CODES.has(errcode) ? ADDRESS.exec(errmsg)?.[0] : undefined;
  return address === undefined ? toDo : `${toDo} (${address})`;
}

/** What people and time do all day: nothing to look into. */
const ORDINARY: ReadonlySet<ApiAction> = new Set([
  'new-token-once',
  'drop',
  'spend-grant',
  'wait-for-person',
  'restart-authorization',
  'sent-before',
  'no-menu',
]);
const URGENT: ReadonlySet<ApiAction> = new Set(['stop-and-alarm', 'ask-administrator', 'feature-off', 'our-bug']);

/** How loud a refusal is in the log. */
export function logLevelOf(refusal: ApiRefusal): keyof Logger {
  const { action } = errorRow(refusal);
  if (URGENT.has(action)) return 'error';
  return ORDINARY.has(action) ? 'info' : 'warn';
}

/**
 * Turns a refusal that the caller has no answer of its own for into trouble: `wechat-configuration` (a person must
 * act, the text says what to do; asking again is useless), `wechat-busy`, `wechat-quota` (used up for today) or
 * `wechat-refused`.
 */
export function troubleOf(refusal: ApiRefusal, account: { readonly id: string }): OutsideTrouble {
  const { path, errcode, errmsg } = refusal;
  const toDo = toDoAbout(refusal);
  const said = `WeChat refused ${path} for account ${account.id} with ${errcode} (${errmsg})`;
  if (toDo !== undefined) return new OutsideTrouble('wechat-configuration', `${said}: ${toDo}`);
  const { action } = errorRow(refusal);
  if (action === 'retry-if-repeatable' || action === 'wait-a-minute') return new OutsideTrouble('wechat-busy', said);
  return new OutsideTrouble(action === 'wait-a-day' ? 'wechat-quota' : 'wechat-refused', said);
}
