import { accountId, merchantId } from '../../base/ids.ts';
import type { AccountId, MerchantId } from '../../base/ids.ts';
import { accountNotFound } from '../../flows/settings/operate-accounts.ts';
import type { OperateAccounts } from '../../flows/settings/operate-accounts.ts';
import {
  accountAnswer,
  addAccountRequest,
  changeKeysRequest,
  changeTextsRequest,
} from '../contract/console-accounts.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

/** Official Accounts: what operators see of them, texts, keys and who pays. */
export function accountRoutes({ accounts }: { readonly accounts: OperateAccounts }): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'showAccount',
      method: 'GET',
      path: '/accounts/:id',
      access: 'account.view',
      summary: 'An Official Account with its texts and the address to enter at WeChat; nothing secret',
      answer: accountAnswer,
      handle: async ({ params }) => ({ account: await accounts.show(readAccountId(params['id'])) }),
    }),
    consoleRoute({
      name: 'addAccount',
      method: 'POST',
      path: '/accounts',
      access: 'account.secrets',
      summary: 'Add an Official Account; it takes messages within a second',
      body: addAccountRequest,
      answer: accountAnswer,
      handle: async ({ operator, body }) => {
        const { id, merchantId: merchant, paysThrough, ...rest } = body;
        const added = { ...rest, merchantId: brandMerchant(merchant), paysThrough: brandAccount(paysThrough) };
        return { account: await accounts.add(operator, readAccountId(id), added) };
      },
    }),
    consoleRoute({
      name: 'changeAccountTexts',
      method: 'PATCH',
      path: '/accounts/:id',
      access: 'account.edit',
      summary: 'Change an account’s texts and settings',
      body: changeTextsRequest,
      answer: accountAnswer,
      handle: async ({ operator, params, body }) => {
        const { revision, ...changes } = body;
        const edit = { id: readAccountId(params['id']), revision, changes };
        return { account: await accounts.changeTexts(operator, edit) };
      },
    }),
    consoleRoute({
      name: 'changeAccountKeys',
      method: 'PATCH',
      path: '/accounts/:id/keys',
      access: 'account.secrets',
      summary: 'Change an account’s keys, mode and who pays; another EncodingAESKey keeps the one before',
      body: changeKeysRequest,
      answer: accountAnswer,
      handle: async ({ operator, params, body }) => {
        const { revision, merchantId: merchant, paysThrough, ...rest } = body;
        const changes = {
          ...rest,
          ...(merchant === undefined ? {} : { merchantId: brandMerchant(merchant) }),
          ...(paysThrough === undefined ? {} : { paysThrough: brandAccount(paysThrough) }),
        };
        const edit = { id: readAccountId(params['id']), revision, changes };
        return { account: await accounts.changeKeys(operator, edit) };
      },
    }),
  ];
}

/** Reads an account's short name. Throws WrongRequest `account-not-found` (404) for what cannot be one. */
export function readAccountId(value: string | undefined): AccountId {
  try {
    return accountId(value ?? '');
  } catch {
    throw accountNotFound((value ?? '').slice(0, 32));
  }
}

function brandMerchant(value: string | null): MerchantId | null {
  return value === null ? null : merchantId(value);
}

function brandAccount(value: string | null): AccountId | null {
  return value === null ? null : accountId(value);
}
