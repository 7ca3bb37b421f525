import { beijingDay, type SimulatorClock } from '../clock.ts';
import type { Random } from '../random.ts';
import { ApiFault, jsonBody, requireGet, type ApiCall } from './api-call.ts';

type Token = { appId: string; text: string; expiresAtMs: number; revokedAtMs: number };
/** What one account holds. */
type Held = {
  classic: Token | undefined;
  stable: Token | undefined;
  forcedAtMs: number;
  ticket: { text: string; expiresAtMs: number } | undefined;
};
type TokenAnswer = { access_token: string; expires_in: number };
type Parts = { clock: SimulatorClock; random: Random; secrets: ReadonlyMap<string, string> };

/** Limits and switches of the token endpoints; tests lower them. */
export type TokenRules = {
  lifetimeMs: number;
  /** How long the previous token of `/cgi-bin/token` lives on beside the new one; also when a stable one is renewed. */
  overlapMs: number;
  issuesPerDayMax: number;
  forcedPerDayMax: number;
  forcedPauseMs: number;
  /** Caller addresses; empty allows all. */
  allowedAddresses: readonly string[];
  /** WeChat asked the administrator and has no answer yet. */
  confirmationWanted: boolean;
};

export function defaultTokenRules(): TokenRules {
  return {
    lifetimeMs: 7_200_000,
    overlapMs: 300_000,
    issuesPerDayMax: 2000,
    forcedPerDayMax: 20,
    forcedPauseMs: 30_000,
    allowedAddresses: [],
    confirmationWanted: false,
  };
}

/** Access tokens: the classic one that replaces its predecessor, and the stable one beside it, of every account. */
export class Tokens {
  readonly rules = defaultTokenRules();
  readonly #parts: Parts;
  readonly #issued = new Map<string, Token>();
  readonly #counts = new Map<string, number>();
  readonly #held = new Map<string, Held>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** https://developers.weixin.qq.com/doc/subscription/api/base/api_getaccesstoken.html */
  token(call: ApiCall): TokenAnswer {
    requireGet(call);
    const appId = this.#checkOwner(call, Object.fromEntries(call.query));
    this.#count(`${appId}/token`, this.rules.issuesPerDayMax);
    const nowMs = this.#parts.clock.nowMs();
    const held = this.#of(appId);
    if (held.classic) held.classic.revokedAtMs = Math.min(held.classic.revokedAtMs, nowMs + this.rules.overlapMs);
    held.classic = this.#issue(appId);
    return this.#answer(held.classic);
  }

  /** https://developers.weixin.qq.com/doc/subscription/api/base/api_getstableaccesstoken.html */
  stableToken(call: ApiCall): TokenAnswer {
    const body = jsonBody(call);
    const appId = this.#checkOwner(call, body);
    const nowMs = this.#parts.clock.nowMs();
    const held = this.#of(appId);
    if (body['force_refresh'] === true) this.#force(appId, held, nowMs);
    const current = held.stable;
    const lasts = current && current.revokedAtMs > nowMs && current.expiresAtMs - nowMs > this.rules.overlapMs;
    held.stable = lasts ? current : this.#issue(appId);
    return this.#answer(held.stable);
  }

  /** Checks the token that every other call carries in its query. Returns whose it is. */
  check({ query }: ApiCall): string {
    const text = query.get('access_token') ?? '';
    if (text === '') throw new ApiFault(41001, 'access_token missing');
    const token = this.#issued.get(text);
    const nowMs = this.#parts.clock.nowMs();
    if (!token || token.revokedAtMs <= nowMs) {
      throw new ApiFault(40001, 'invalid credential, access_token is invalid or not latest');
    }
    if (token.expiresAtMs <= nowMs) throw new ApiFault(42001, 'access_token expired');
    return token.appId;
  }

  /** The JS-SDK ticket: one at a time, renewed when it has run out. */
  ticket(call: ApiCall, appId: string): object {
    requireGet(call);
    if (call.query.get('type') !== 'jsapi') throw new ApiFault(40097, 'invalid args');
    const nowMs = this.#parts.clock.nowMs();
    const held = this.#of(appId);
    if (!held.ticket || held.ticket.expiresAtMs <= nowMs) {
      held.ticket = { text: this.#parts.random.text(86), expiresAtMs: nowMs + this.rules.lifetimeMs };
    }
    const expiresIn = Math.ceil((held.ticket.expiresAtMs - nowMs) / 1000);
    return { errcode: 0, errmsg: 'ok', ticket: held.ticket.text, expires_in: expiresIn };
  }

  /** As if somebody else had fetched tokens behind the client's back: all that were given out stop working. */
  revokeAll(): void {
    for (const token of this.#issued.values()) token.revokedAtMs = 0;
  }

  #checkOwner({ address }: ApiCall, given: { appid?: unknown; secret?: unknown; grant_type?: unknown }): string {
    const appId = checkSecret(this.#parts.secrets, given.appid, given.secret);
    if (given.grant_type !== 'client_credential') throw new ApiFault(40002, 'invalid grant_type');
    const { allowedAddresses } = this.rules;
    if (allowedAddresses.length > 0 && !allowedAddresses.includes(address)) {
      throw new ApiFault(40164, `invalid ip ${address} ipv6 ::ffff:${address}, not in whitelist`);
    }
    if (this.rules.confirmationWanted) throw new ApiFault(89503, 'this ip needs administrator confirmation');
    return appId;
  }

  #of(appId: string): Held {
    const held = this.#held.get(appId) ?? {
      classic: undefined,
      stable: undefined,
      forcedAtMs: -Infinity,
      ticket: undefined,
    };
    this.#held.set(appId, held);
    return held;
  }

  #force(appId: string, held: Held, nowMs: number): void {
    if (nowMs - held.forcedAtMs < this.rules.forcedPauseMs) {
      throw new ApiFault(45011, 'api minute-quota reach limit, must slower, retry next minute');
    }
    this.#count(`${appId}/forced`, this.rules.forcedPerDayMax);
    held.forcedAtMs = nowMs;
    if (held.stable) held.stable.revokedAtMs = nowMs;
  }

  #count(what: string, countMax: number): void {
    const key = `${what}/${beijingDay(this.#parts.clock.nowMs())}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    if (count > countMax) throw new ApiFault(45009, 'reach max api daily quota limit');
    this.#counts.set(key, count);
  }

  #issue(appId: string): Token {
    const { random, clock } = this.#parts;
    const text = `${random.whole(90) + 10}_${random.text(134)}`;
    const token = { appId, text, expiresAtMs: clock.nowMs() + this.rules.lifetimeMs, revokedAtMs: Infinity };
    this.#issued.set(text, token);
    return token;
  }

  #answer({ text, expiresAtMs }: Token): TokenAnswer {
    return { access_token: text, expires_in: Math.ceil((expiresAtMs - this.#parts.clock.nowMs()) / 1000) };
  }
}

/** The app id is looked at before anything else, then its secret. */
export function checkSecret(secrets: ReadonlyMap<string, string>, appId: unknown, secret: unknown): string {
  if (appId === undefined || appId === null || appId === '') throw new ApiFault(41002, 'appid missing');
  const right = typeof appId === 'string' ? secrets.get(appId) : undefined;
  if (typeof appId !== 'string' || right === undefined) throw new ApiFault(40013, 'invalid appid');
  if (secret === undefined || secret === null || secret === '') throw new ApiFault(41004, 'appsecret missing');
  if (secret !== right) throw new ApiFault(40125, 'invalid appsecret');
  return appId;
}
