import { WrongRequest } from '../../base/errors.ts';
import { accountId, openid } from '../../base/ids.ts';
import type { Openid } from '../../base/ids.ts';
import type { Account } from '../ports/accounts.ts';
import type { PersonKey } from '../ports/followers.ts';
import type { PayeeLinks, TokenSeal } from '../ports/payee-links.ts';
import type { Clock } from '../ports/time-and-luck.ts';

/** A person of a chat account as a claim link names it. */
export interface ClaimedPerson extends PersonKey {
  readonly expired: boolean;
}

/** The links by which winners of an account that cannot pay say where their red packets go. */
export interface ClaimLinks {
  /**
   * True when the account pays through another and nobody knows yet who this person is there. A person whom a union id
   * tells is linked on the way. Throws OutsideTrouble when the database cannot answer.
   */
  needed(account: Account, openid: Openid): Promise<boolean>;
  /** Returns the address to put into a reply: it names the person to us only, and works for 7 days. */
  link(account: Pick<Account, 'id'>, openid: Openid): string;
}

const PURPOSE = 'payee-link';
const LIFETIME_MS = 7 * 24 * 3_600_000;

/** Builds the links. `publicUrl` is where people reach the service. */
export function createClaimLinks(options: {
  readonly links: Pick<PayeeLinks, 'payeeOf' | 'linkByUnionId'>;
  readonly seal: Pick<TokenSeal, 'seal'>;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly publicUrl: string;
}): ClaimLinks {
  const { links, seal, clock, publicUrl } = options;
  const base = publicUrl.replace(/\/$/, '');
  return {
    async needed(account, chatOpenid) {
      const { paysThrough } = account;
      if (paysThrough === null) return false;
      const person: PersonKey = { account: account.id, openid: chatOpenid };
      const known = await links.payeeOf(person, paysThrough);
      if (known !== undefined) return false;
      return (await links.linkByUnionId(person, paysThrough, clock.nowMs())) === undefined;
    },
    link(account, chatOpenid) {
      const until = Math.ceil((clock.nowMs() + LIFETIME_MS) / 1000);
      return `${base}/payee/${seal.seal(PURPOSE, [account.id, chatOpenid, until].join(' '))}`;
    },
  };
}

/**
 * Opens what `ClaimLinks.link` put into an address. Throws WrongRequest `payee-link-invalid` (404) for anything that
 * was not made here.
 */
export function readClaimToken(seal: Pick<TokenSeal, 'open'>, token: string, nowMs: number): ClaimedPerson {
  try {
    const [account = '', chatOpenid = '', until = ''] = seal.open(PURPOSE, token).split(' ');
    return { account: accountId(account), openid: openid(chatOpenid), expired: Number(until) * 1000 <= nowMs };
  } catch (cause) {
    throw new WrongRequest('payee-link-invalid', 'this link was not made here, or is not whole', {
      status: 404,
      cause,
    });
  }
}
