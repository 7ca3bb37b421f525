import type { ActivityRule } from '../rules/activity-rule.ts';
import { foldWord } from '../rules/fold-word.ts';
import type { Account } from './ports/accounts.ts';
import { canBeMet } from './who-warnings.ts';

/** A part of a rule that keeps people out, by its path as the editor knows it, and why. */
export interface EntryFault {
  readonly path: string;
  readonly message: string;
}

/** What of an account decides who can come in. */
export type EntryAccount = Pick<Account, 'kind' | 'myAwardsKeyword'>;

/**
 * Finds what an activity of this account listens to in vain: a page that nobody can be told apart on, a word that asks
 * for awards, invitations without a page, and conditions that nobody can meet. None: the list is empty.
 */
export function entryFaults(
  { trigger, who }: Pick<ActivityRule, 'trigger' | 'who'>,
  account: EntryAccount,
): readonly EntryFault[] {
  const faults: EntryFault[] = [];
  if (trigger.page && account.kind === 'subscription') {
    const message = 'a subscription account cannot tell who opens a page: let people take part in the chat only';
    faults.push({ path: 'trigger.page', message });
  }
  const keyword = foldWord(account.myAwardsKeyword);
  for (const [index, { word }] of trigger.words.entries()) {
    if (foldWord(word) !== keyword) continue;
    const message = 'is the word by which people of this account ask for their awards: choose another';
    faults.push({ path: `trigger.words.${index}.word`, message });
  }
  const { page, invite } = trigger;
  if (invite && !page) {
    const message = 'an invitation is a link to the activity page: let the page draw, or take the invitations out';
    faults.push({ path: 'trigger.invite', message });
  }
  if (who.must !== null && !page && !canBeMet(who.must)) {
    const message =
      'addresses and devices are known on the page only, so nobody could take part: let the page draw, or count draws per person';
    faults.push({ path: 'who.must', message });
  }
  return faults;
}
