import type { AccountId } from '../../base/ids.ts';
import { foldWord } from '../../rules/fold-word.ts';
import type { AccountIdentity, AccountView, LockedAccounts } from '../ports/account-settings.ts';
import type { WordsInUse } from '../ports/keyword-replies.ts';

/** A field that cannot be so, and why. */
export interface FieldFault {
  readonly path: string;
  readonly message: string;
}

type Paying = Pick<AccountIdentity, 'kind' | 'merchantId' | 'paysThrough'>;

/** Finds what is wrong with who would pay for an account, as it would be after a change. */
export function payingFaults(
  id: AccountId,
  after: Paying,
  { accounts, merchants }: LockedAccounts,
): readonly FieldFault[] {
  const { merchantId, paysThrough } = after;
  const faults: FieldFault[] = [];
  if (merchantId !== null && !merchants.includes(merchantId)) {
    faults.push({ path: 'merchantId', message: `there is no merchant ${merchantId}` });
  }
  if (paysThrough !== null) {
    const payer = accounts.find((account) => account.id === paysThrough);
    const reason = whyNoPayer(id, paysThrough, payer);
    if (reason !== null) faults.push({ path: 'paysThrough', message: reason });
  }
  const dependents = accounts.filter((account) => account.paysThrough === id).map((account) => account.id);
  return dependents.length === 0 ? faults : [...faults, ...faultsForDependents(after, dependents)];
}

function whyNoPayer(id: AccountId, paysThrough: AccountId, payer: AccountView | undefined): string | null {
  if (paysThrough === id) return 'an account does not pay through itself: leave it empty';
  if (payer === undefined) return `there is no account ${paysThrough}`;
  if (payer.kind !== 'service') return `${paysThrough} is no service account, and only those can pay`;
  if (payer.paysThrough !== null) return `${paysThrough} itself pays through ${payer.paysThrough}: name that one`;
  if (payer.merchantId === null) return `${paysThrough} has no merchant, so it cannot pay`;
  return null;
}

/** Whom others pay through must go on paying. */
function faultsForDependents(after: Paying, dependents: readonly AccountId[]): readonly FieldFault[] {
  const others = dependents.join(', ');
  return [
    ...(after.kind === 'service'
      ? []
      : [{ path: 'kind', message: `must stay a service account: ${others} pay through it` }]),
    ...(after.merchantId !== null
      ? []
      : [{ path: 'merchantId', message: `is needed: ${others} pay through this account` }]),
    ...(after.paysThrough === null
      ? []
      : [{ path: 'paysThrough', message: `must stay empty: ${others} pay through this account` }]),
  ];
}

/** Finds what else listens to the word by which people ask for their awards. */
export function myAwardsKeywordFaults(keyword: string, words: WordsInUse): readonly FieldFault[] {
  const wanted = foldWord(keyword);
  const activity = words.activities.find(({ rule }) =>
    rule.trigger.words.some(({ word }) => foldWord(word) === wanted),
  );
  const reply = words.replies.find((one) => one.enabled && one.words.some((word) => foldWord(word) === wanted));
  return [
    ...(activity === undefined ? [] : [fault(`the activity ${activity.name} listens to it`)]),
    ...(reply === undefined ? [] : [fault(`a keyword reply listens to it: ${reply.words.join(', ')}`)]),
  ];
}

function fault(message: string): FieldFault {
  return { path: 'myAwardsKeyword', message };
}
