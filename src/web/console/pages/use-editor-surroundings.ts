import { useCallback } from 'react';
import type { AccountsAnswer } from '../../../http/contract/console-session.ts';
import type { RuleNode } from '../editor/rule-node.ts';
import { useSession } from '../state/session.tsx';

/** What the editor is drawn from beside the activity itself. */
export interface EditorSurroundings {
  readonly accounts: AccountsAnswer['accounts'];
  readonly root: RuleNode;
  readonly lists: readonly { readonly id: string; readonly name: string }[];
}

/** Loads the accounts, the form's schema and the lists that conditions may name. */
export function useEditorSurroundings(): () => Promise<EditorSurroundings> {
  const { api, may } = useSession();
  const mayList = may('people.view');
  return useCallback(async () => {
    const [{ accounts }, { schema }] = await Promise.all([api.accounts(), api.drafts.form()]);
    const answers = mayList ? await Promise.all(accounts.map(({ id }) => api.lists.all(id))) : [];
    const lists = answers.flatMap((answer) => answer.lists.map(({ list }) => ({ id: list, name: list })));
    const known = new Map(lists.map((one) => [one.id, one]));
    return { accounts, root: schema as RuleNode, lists: [...known.values()] };
  }, [api, mayList]);
}
