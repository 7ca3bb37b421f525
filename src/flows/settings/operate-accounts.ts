import { WrongRequest } from '../../base/errors.ts';
import { cleanText } from '../../base/clean-text.ts';
import type { AccountId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type {
  AccountChanges,
  AccountIdentity,
  AccountSecrets,
  AccountSettings,
  AccountTexts,
  AccountView,
  LockedAccount,
  NewAccount,
} from '../ports/account-settings.ts';
import type { Operator } from '../ports/operators.ts';
import type { Clock } from '../ports/time-and-luck.ts';
import { myAwardsKeywordFaults, payingFaults } from './account-checks.ts';
import type { FieldFault } from './account-checks.ts';
import { refuseStale } from './stale-revision.ts';

/** An account with what has to be entered on WeChat's admin page, and where its keys are changed. */
export interface ShownAccount extends AccountView {
  readonly callbackUrl: string;
  readonly keysFrom: 'environment' | 'console';
}

interface Edit<Changes> {
  readonly id: AccountId;
  readonly revision: number;
  readonly changes: Partial<Changes>;
}

/** What operators do with accounts. Every change is logged with who made it and which fields, never with a value. */
export interface OperateAccounts {
  /** Throws WrongRequest `account-not-found` (404). */
  show(id: AccountId): Promise<ShownAccount>;
  /**
   * The account takes messages within a second. Throws WrongRequest `account-faulty` (400, by field), `account-taken`,
   * `app-id-taken` or `original-id-taken` (409).
   */
  add(operator: Operator, id: AccountId, account: NewAccount): Promise<ShownAccount>;
  /** Throws WrongRequest `account-not-found` (404), `account-faulty` (400, by field) or `revision-stale` (409). */
  changeTexts(operator: Operator, edit: Edit<AccountTexts>): Promise<ShownAccount>;
  /**
   * Throws the same, `keys-from-environment` (409) for what the environment sets of its account and `identity-in-use`
   * (409) for another app id while payouts are unsettled: they can only be settled under the present one.
   */
  changeKeys(operator: Operator, edit: Edit<AccountIdentity & AccountSecrets>): Promise<ShownAccount>;
}

/** What the environment says of its account at every start. */
const FROM_ENVIRONMENT: Readonly<Partial<Record<keyof AccountChanges, string>>> = {
  appId: 'WECHAT_APP_ID',
  appSecret: 'WECHAT_APP_SECRET',
  token: 'WECHAT_TOKEN',
  encodingAesKey: 'WECHAT_ENCODING_AES_KEY',
  messageMode: 'WECHAT_MESSAGE_MODE',
  merchantId: 'WECHAT_PAY_MCH_ID',
};

/** Builds the flow; `publicUrl` is where WeChat reaches us, `configured` the account the environment describes. */
export function createOperateAccounts(options: {
  readonly settings: AccountSettings;
  readonly configured: AccountId;
  readonly publicUrl: string;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): OperateAccounts {
  const { settings, configured, publicUrl, clock, logger } = options;
  const shown = (view: AccountView): ShownAccount => ({
    ...view,
    callbackUrl: new URL(`/wechat/${view.id}`, publicUrl).href,
    keysFrom: view.id === configured ? 'environment' : 'console',
  });
  const edit = async <Changes>(
    operator: Operator,
    { id, revision, changes }: Edit<Changes>,
    check: (locked: LockedAccount, changes: AccountChanges) => void,
  ): Promise<ShownAccount> => {
    let fields: readonly string[] = [];
    const after = await settings.change({ id, nowMs: clock.nowMs() }, (locked) => {
      refuseStale('this account', shown(locked.account), revision);
      const differing = withoutRepeats(locked.account, changes);
      check(locked, differing);
      fields = Object.keys(differing);
      return differing;
    });
    if (fields.length > 0) logger.info({ operator: operator.id, account: id, fields }, 'account-changed');
    return shown(after);
  };
  return {
    async show(id) {
      const view = await settings.find(id);
      if (view === undefined) throw accountNotFound(id);
      return shown(view);
    },
    async add(operator, id, account) {
      const added = await settings.create({ id, account, nowMs: clock.nowMs() }, (locked) =>
        refuseFaults(payingFaults(id, account, locked)),
      );
      logger.info({ operator: operator.id, account: id, fields: Object.keys(account) }, 'account-added');
      return shown(added);
    },
    changeTexts: (operator, { changes, ...place }) =>
      edit(operator, { ...place, changes: cleanTexts(changes) }, ({ words }, { myAwardsKeyword }) => {
        if (myAwardsKeyword !== undefined) refuseFaults(myAwardsKeywordFaults(myAwardsKeyword, words));
      }),
    changeKeys: (operator, given) =>
      edit(operator, given, (locked, changes) => {
        if (given.id === configured) refuseConfigured(changes);
        refuseIdentityInUse(locked, changes);
        refuseLeavingWinners(locked, changes);
        refuseFaults(payingFaults(given.id, { ...locked.account, ...changes }, locked));
      }),
  };
}

/** Makes the error for an account that is not there. */
export function accountNotFound(id: string): WrongRequest {
  return new WrongRequest('account-not-found', `there is no account ${id}`, { status: 404 });
}

/** Leaves out what is as it was; secrets cannot be compared here. */
function withoutRepeats(before: AccountView, changes: AccountChanges): AccountChanges {
  const known: Readonly<Record<string, unknown>> = { ...before };
  return Object.fromEntries(
    Object.entries(changes).filter(([name, value]) => !(name in known) || known[name] !== value),
  );
}

function cleanTexts(changes: Partial<AccountTexts>): Partial<AccountTexts> {
  const { welcomeText, fallbackText, myAwardsKeyword } = changes;
  return {
    ...changes,
    ...(welcomeText === undefined ? {} : { welcomeText: cleanText(welcomeText) }),
    ...(fallbackText === undefined ? {} : { fallbackText: cleanText(fallbackText) }),
    ...(myAwardsKeyword === undefined ? {} : { myAwardsKeyword: cleanText(myAwardsKeyword).trim() }),
  };
}

function refuseConfigured(changes: AccountChanges): void {
  const faults = Object.keys(changes).flatMap((path) => {
    const variable = FROM_ENVIRONMENT[path as keyof AccountChanges];
    return variable === undefined ? [] : [{ path, message: `comes from ${variable}` }];
  });
  if (faults.length === 0) return;
  const message = 'the keys of this account come from the environment: change them there and start the service again';
  throw new WrongRequest('keys-from-environment', message, { status: 409, faults });
}

function refuseIdentityInUse({ unsettledPayouts }: LockedAccount, { appId }: AccountChanges): void {
  if (appId === undefined || unsettledPayouts === 0) return;
  const message = `${unsettledPayouts} payouts are not settled yet and can only be settled under the present app id`;
  throw new WrongRequest('identity-in-use', message, { status: 409, faults: [{ path: 'appId', message }] });
}

/** Whoever waits to say who is paid could never be paid: the account itself does not know their openid's merchant. */
function refuseLeavingWinners({ restingPayouts }: LockedAccount, { paysThrough }: AccountChanges): void {
  if (paysThrough !== null || restingPayouts === 0) return;
  const message = `${restingPayouts} awards wait for their winners to say who is paid: name the account that pays until they have`;
  throw new WrongRequest('payees-awaited', message, { status: 409, faults: [{ path: 'paysThrough', message }] });
}

function refuseFaults(faults: readonly FieldFault[]): void {
  if (faults.length === 0) return;
  const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new WrongRequest('account-faulty', `the account cannot be so: ${list}`, { faults });
}
