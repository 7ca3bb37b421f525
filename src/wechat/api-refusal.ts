import { OutsideTrouble } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';

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
  50001: NO_RIGHT,
};

/** What people and time do all day: nothing to look into. */
const ORDINARY: ReadonlySet<number> = new Set([40001, 40003, 40014, 40029, 40163, 41008, 42001, 42003, 42007, 43004]);
const TOKEN_PATHS: ReadonlySet<string> = new Set(['/cgi-bin/token', '/cgi-bin/stable_token']);

/** Returns what a person has to do, or undefined when nobody has to. */
export function toDoAbout({ path, errcode }: Pick<ApiRefusal, 'path' | 'errcode'>): string | undefined {
  // Where a token is asked for, an invalid credential can only be the secret.
  if (errcode === 40001 && TOKEN_PATHS.has(path)) return CHECK_SECRET;
  return TO_DO[errcode];
}

/** How loud a refusal is in the log. */
export function logLevelOf(refusal: ApiRefusal): keyof Logger {
  if (toDoAbout(refusal) !== undefined) return 'error';
  return ORDINARY.has(refusal.errcode) ? 'info' : 'warn';
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
  if (errcode === -1 || errcode === 45011) return new OutsideTrouble('wechat-busy', said);
  return new OutsideTrouble(errcode === 45009 ? 'wechat-quota' : 'wechat-refused', said);
}
