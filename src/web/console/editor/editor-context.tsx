import { createContext, useContext } from 'react';
import type { ReactNode } from 'react';
import type { Path } from './draft.ts';
import type { RuleNode, ShapedField } from './rule-node.ts';
import type { Editor } from './use-editor.ts';

/** What every field of the editor works with: the form, and the schema it is drawn from. */
export interface EditorTools {
  readonly editor: Editor;
  readonly root: RuleNode;
  /** Draws a field with everything in it: groups, kinds and lists hold fields that may be groups again. */
  readonly drawField: (path: Path, field: ShapedField) => ReactNode;
  /** Lists of people of the account, by their short names; empty where they may not be seen. */
  readonly lists: readonly { readonly id: string; readonly name: string }[];
}

const EditorContext = createContext<EditorTools | null>(null);
export const EditorProvider = EditorContext.Provider;

export function useEditorTools(): EditorTools {
  const tools = useContext(EditorContext);
  if (tools === null) throw new Error('a field of the editor stands inside an EditorProvider');
  return tools;
}
