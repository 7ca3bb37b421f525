import { beijingDay, type SimulatorClock } from '../clock.ts';
import type { Random } from '../random.ts';
import { ApiFault, jsonBody, requireGet, type ApiCall } from './api-call.ts';

type Token = { text: string; expiresAtMs: number; revokedAtMs: number };
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
};

export function defaultTokenRules(): TokenRules {
  return {
    lifetimeMs: 7_200_000,
    overlapMs: 300_000,
    issuesPerDayMax: 2000,
    forcedPerDayMax: 20,
    forcedPauseMs: 30_000,
    allowedAddresses: [],
  };
}

/** Access tokens: the classic one that replaces its predecessor, and the stable one beside it. Main account only. */
export class Tokens {
  readonly rules = defaultTokenRules();
  readonly #parts: Parts;
  readonly #issued = new Map<string, Token>();
  readonly #counts = new Map<string, number>();
  #classic: Token | undefined;
  #stable: Token | undefined;
  #forcedAtMs = -Infinity;
  #ticket: { text: string; expiresAtMs: number } | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** https://developers.weixin.qq.com/doc/subscription/api/base/api_getaccesstoken.html */
  token(call: ApiCall): TokenAnswer {
    requireGet(call);
    this.#checkOwner(call, {
      appid: call.query.get('appid'),
      secret: call.query.get('secret'),
      grant_type: call.query.get('grant_type'),
    });
    this.#count('token', this.rules.issuesPerDayMax);
    const nowMs = this.#parts.clock.nowMs();
    if (this.#classic) this.#classic.revokedAtMs = Math.min(this.#classic.revokedAtMs, nowMs + this.rules.overlapMs);
    this.#classic = this.#issue();
    return this.#answer(this.#classic);
  }

  /** https://developers.weixin.qq.com/doc/subscription/api/base/api_getstableaccesstoken.html */
  stableToken(call: ApiCall): TokenAnswer {
    const body = jsonBody(call);
    this.#checkOwner(call, body);
    const nowMs = this.#parts.clock.nowMs();
    if (body['force_refresh'] === true) this.#force(nowMs);
    const current = this.#stable;
    const lasts = current && current.revokedAtMs > nowMs && current.expiresAtMs - nowMs > this.rules.overlapMs;
    this.#stable = lasts ? current : this.#issue();
    return this.#answer(this.#stable);
  }

  /** Checks the token that every other call carries in its query. */
  check({ query }: ApiCall): void {
    const text = query.get('access_token') ?? '';
    if (text === '') throw new ApiFault(41001, 'access_token missing');
    const token = this.#issued.get(text);
    const nowMs = this.#parts.clock.nowMs();
    if (!token || token.revokedAtMs <= nowMs) {
      throw new ApiFault(40001, 'invalid credential, access_token is invalid or not latest');
    }
    if (token.expiresAtMs <= nowMs) throw new ApiFault(42001, 'access_token expired');
  }

  /** The JS-SDK ticket: one at a time, renewed when it has run out. */
  ticket(call: ApiCall): object {
    requireGet(call);
    if (call.query.get('type') !== 'jsapi') throw new ApiFault(40097, 'invalid args');
    const nowMs = this.#parts.clock.nowMs();
    if (!this.#ticket || this.#ticket.expiresAtMs <= nowMs) {
      this.#ticket = { text: this.#parts.random.text(86), expiresAtMs: nowMs + this.rules.lifetimeMs };
    }
    const expiresIn = Math.ceil((this.#ticket.expiresAtMs - nowMs) / 1000);
    return { errcode: 0, errmsg: 'ok', ticket: this.#ticket.text, expires_in: expiresIn };
  }

  /** As if somebody else had fetched tokens behind the client's back: all that were given out stop working. */
  revokeAll(): void {
    for (const token of this.#issued.values()) token.revokedAtMs = 0;
  }

  #checkOwner({ address }: ApiCall, given: { appid?: unknown; secret?: unknown; grant_type?: unknown }): void {
    checkSecret(this.#parts.secrets, given.appid, given.secret);
    if (given.grant_type !== 'client_credential') throw new ApiFault(40002, 'invalid grant_type');
    const { allowedAddresses } = this.rules;
    if (allowedAddresses.length > 0 && !allowedAddresses.includes(address)) {
      throw new ApiFault(40164, `invalid ip ${address} ipv6 ::ffff:${address}, not in whitelist`);
    }
  }

  #force(nowMs: number): void {
    if (nowMs - this.#forcedAtMs < this.rules.forcedPauseMs) {
      throw new ApiFault(45011, 'api minute-quota reach limit, must slower, retry next minute');
    }
    this.#count('forced', this.rules.forcedPerDayMax);
    this.#forcedAtMs = nowMs;
    if (this.#stable) this.#stable.revokedAtMs = nowMs;
  }

  #count(what: string, countMax: number): void {
    const key = `${what}/${beijingDay(this.#parts.clock.nowMs())}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    if (count > countMax) throw new ApiFault(45009, 'reach max api daily quota limit');
    this.#counts.set(key, count);
  }

  #issue(): Token {
    const { random, clock } = this.#parts;
    const text = `${random.whole(90) + 10}_${random.text(134)}`;
    const token = { text, expiresAtMs: clock.nowMs() + this.rules.lifetimeMs, revokedAtMs: Infinity };
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
