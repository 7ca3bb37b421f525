import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { WrongRequest } from '../../../src/base/errors.ts';
import type { AccountId, Openid } from '../../../src/base/ids.ts';
import { createClaimLinks, readClaimToken } from '../../../src/flows/payees/claim-link.ts';
import type { Account } from '../../../src/flows/ports/accounts.ts';
import { allowedReturnPath } from '../../../src/flows/authorize-page.ts';
import { createSecretBox } from '../../../src/store/sealed-secret.ts';
import { NOON_MS, somebody } from '../../support/builders.ts';

const DAY_MS = 86_400_000;
const chat = { id: 'chat' as AccountId, paysThrough: 'main' } as Account;
const seal = createSecretBox(randomBytes(32));

function claimLinks(given: { readonly payee?: Openid; readonly byUnionId?: Openid; readonly asked?: string[] } = {}) {
  const links = {
    payeeOf: async () => {
      given.asked?.push('payee');
      return given.payee;
    },
    linkByUnionId: async () => given.byUnionId,
  };
  return createClaimLinks({ links, seal, clock: { nowMs: () => NOON_MS }, publicUrl: 'https://hb.example/' });
}

const tokenOf = (url: string): string => new URL(url).pathname.slice('/payee/'.length);

test('a claim link names account and person to us only, fits a reply and may follow web authorization', () => {
  const person = somebody();
  const url = claimLinks().link(chat, person);
  assert.match(url, /^https:\/\/hb\.example\/payee\/v1\./);
  const parts = tokenOf(url)
    .split('.')
    .map((part) => Buffer.from(part, 'base64url'));
  assert.ok(!url.includes(person) && parts.every((part) => !part.includes(person)));
  assert.ok(url.length < 250, `${url.length} characters`);
  const path = new URL(url).pathname;
  assert.equal(allowedReturnPath(path), path);
  assert.deepEqual(readClaimToken(seal, tokenOf(url), NOON_MS), { account: 'chat', openid: person, expired: false });
});

test('a claim link works for seven days', () => {
  const token = tokenOf(claimLinks().link(chat, somebody()));
  assert.equal(readClaimToken(seal, token, NOON_MS + 7 * DAY_MS - 1000).expired, false);
  assert.equal(readClaimToken(seal, token, NOON_MS + 7 * DAY_MS).expired, true);
});

test('a token that was changed, or sealed for another use or under another key, is not a claim link', () => {
  const token = tokenOf(claimLinks().link(chat, somebody()));
  const invalid = (error: unknown) => error instanceof WrongRequest && error.code === 'payee-link-invalid';
  const middle = token[50] === 'A' ? 'B' : 'A';
  const foreign = createSecretBox(randomBytes(32));
  for (const [box, text] of [
    [seal, `${token.slice(0, 50)}${middle}${token.slice(51)}`],
    [seal, seal.seal('account.token:main', 'chat oPerson 99999999999')],
    [seal, ''],
    [seal, 'v1.a.b.c'],
    [foreign, token],
  ] as const) {
    assert.throws(() => readClaimToken(box, text, NOON_MS), invalid);
  }
});

test('a link is needed only in an account that pays through another, while nobody knows the payee', async () => {
  const person = somebody();
  assert.equal(await claimLinks().needed(chat, person), true);
  assert.equal(await claimLinks({ payee: somebody() }).needed(chat, person), false);
  assert.equal(await claimLinks({ byUnionId: somebody() }).needed(chat, person), false);
  const asked: string[] = [];
  assert.equal(await claimLinks({ asked }).needed({ ...chat, paysThrough: null }, person), false);
  assert.deepEqual(asked, [], 'an account that pays itself costs no look at the database');
});
