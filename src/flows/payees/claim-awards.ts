import { WrongRequest } from '../../base/errors.ts';
import type { AccountId, Openid } from '../../base/ids.ts';
import { shortOpenid } from '../../base/logger.ts';
import type { Logger } from '../../base/logger.ts';
import type { AccountDirectory } from '../ports/accounts.ts';
import type { PersonKey } from '../ports/followers.ts';
import type { PayeeLinks, TokenSeal, UnlinkedAwards } from '../ports/payee-links.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { readClaimToken } from './claim-link.ts';

/** What a claim link is about: whose awards, and the account that pays them. */
export interface Claim {
  readonly person: PersonKey;
  readonly payeeAccount: AccountId;
}

/** How a claim stands for somebody who looks at it. `claimed`: they are the payee already. */
export type ClaimStanding =
  | { readonly kind: 'open'; readonly awards: UnlinkedAwards }
  | { readonly kind: 'claimed' }
  | { readonly kind: 'taken' };

/** The story of a claim link: whoever opens it first and confirms is paid, and nobody after. */
export interface ClaimAwards {
  /**
   * Throws WrongRequest `payee-link-invalid` (404), or `payee-link-over` (410) when its 7 days have passed or the account
   * pays through no other any more.
   */
  open(token: string): Promise<Claim>;
  standing(claim: Claim, visitor: Openid): Promise<ClaimStanding>;
  /** Makes the visitor the payee, now and for later awards. Throws WrongRequest `payee-taken` (409). */
  confirm(claim: Claim, visitor: Openid): Promise<void>;
}

/** Builds the story over where payees are kept. */
export function createClaimAwards(options: {
  readonly accounts: Pick<AccountDirectory, 'account'>;
  readonly links: Pick<PayeeLinks, 'payeeOf' | 'link' | 'linkByUnionId' | 'unlinkedAwards'>;
  readonly seal: Pick<TokenSeal, 'open'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): ClaimAwards {
  const { accounts, links, seal, clock, logger } = options;
  return {
    async open(token) {
      const { expired, ...person } = readClaimToken(seal, token, clock.nowMs());
      const payeeAccount = (await accounts.account(person.account))?.paysThrough ?? null;
      if (expired || payeeAccount === null) {
        throw new WrongRequest('payee-link-over', 'this link is over: the account gives a new one', { status: 410 });
      }
      return { person, payeeAccount };
    },
    async standing({ person, payeeAccount }, visitor) {
      // Whom WeChat knows to be this person comes before whoever holds the link.
      const known =
        (await links.payeeOf(person, payeeAccount)) ?? (await links.linkByUnionId(person, payeeAccount, clock.nowMs()));
      if (known === undefined) return { kind: 'open', awards: await links.unlinkedAwards(person) };
      return { kind: known === visitor ? 'claimed' : 'taken' };
    },
    async confirm({ person, payeeAccount }, visitor) {
      const payee: PersonKey = { account: payeeAccount, openid: visitor };
      await links.link({ person, payee, by: 'link', nowMs: clock.nowMs() });
      const names = { openid: shortOpenid(person.openid), payee: shortOpenid(visitor) };
      logger.info({ account: person.account, payeeAccount, ...names }, 'payee-linked');
    },
  };
}
