import type { Context } from 'koa';
import { z } from 'zod';
import { openid } from '../base/ids.ts';
import type { AccountId } from '../base/ids.ts';
import type { PageVisitor } from '../flows/authorize-page.ts';
import type { SignedCookies } from './signed-cookie.ts';

const SESSION_MS = 24 * 3_600_000;
// WeChat replaces a made-up person by the real one as soon as the full page is opened, so such a session ends soon.
const SNAPSHOT_SESSION_MS = 60_000;
const STATE_MS = 10 * 60_000;
// Kept a while longer than it may be used, so that someone who comes late is shown the way back.
const STATE_COOKIE_MS = 60 * 60_000;
// One browser may open several activities side by side.
const STATES_MAX = 5;

// Null on a snapshot page, whose visitor is nobody.
const sessionSchema = z.strictObject({ account: z.string(), openid: z.string().nullable() });
const statesSchema = z.array(
  z.strictObject({ state: z.string(), to: z.string(), profile: z.boolean(), untilMs: z.number() }),
);

/** A way into web authorization that this browser has begun. */
export interface BegunLogin {
  readonly state: string;
  /** The page to come back to, checked when it was begun. */
  readonly to: string;
  /** Whether the person asked to show a nickname. */
  readonly profile: boolean;
  readonly expired: boolean;
}

/** Who a browser is, per account, and which web authorizations it has begun. All of it in signed cookies. */
export class PageSessions {
  readonly #cookies: SignedCookies;
  readonly #nowMs: () => number;

  constructor(options: { readonly cookies: SignedCookies; readonly nowMs: () => number }) {
    this.#cookies = options.cookies;
    this.#nowMs = options.nowMs;
  }

  /** Returns the visitor this account knows by this browser, or undefined. */
  visitor(ctx: Context, account: AccountId): PageVisitor | undefined {
    const session = sessionSchema.safeParse(this.#cookies.read(ctx, sessionName(account)));
    if (!session.success || session.data.account !== account) return undefined;
    const person = session.data.openid;
    return person === null ? { openid: null, snapshot: true } : { openid: openid(person), snapshot: false };
  }

  remember(ctx: Context, account: AccountId, visitor: PageVisitor): void {
    this.#cookies.write(ctx, {
      name: sessionName(account),
      content: { account, openid: visitor.openid },
      lifetimeMs: visitor.snapshot ? SNAPSHOT_SESSION_MS : SESSION_MS,
    });
  }

  /** Binds a state to this browser for 10 minutes. */
  begin(ctx: Context, account: AccountId, login: Omit<BegunLogin, 'expired'>): void {
    const others = this.#begun(ctx, account).filter(({ untilMs }) => untilMs > this.#nowMs());
    const mine = { ...login, untilMs: this.#nowMs() + STATE_MS };
    const content = [mine, ...others].slice(0, STATES_MAX);
    this.#cookies.write(ctx, { name: stateName(account), content, lifetimeMs: STATE_COOKIE_MS });
  }

  /** Returns the login that this very browser began with a state, or undefined when it did not. */
  begunLogin(ctx: Context, account: AccountId, state: string): BegunLogin | undefined {
    const found = this.#begun(ctx, account).find((login) => login.state === state);
    return found && { state, to: found.to, profile: found.profile, expired: found.untilMs <= this.#nowMs() };
  }

  #begun(ctx: Context, account: AccountId): z.infer<typeof statesSchema> {
    const states = statesSchema.safeParse(this.#cookies.read(ctx, stateName(account)));
    return states.success ? states.data : [];
  }
}

function sessionName(account: AccountId): string {
  return `page-${account}`;
}

function stateName(account: AccountId): string {
  return `page-login-${account}`;
}
