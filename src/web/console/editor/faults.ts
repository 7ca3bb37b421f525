import type { Words } from '../words/words-zh.ts';
import { object, text, valueAt } from './draft.ts';
import { nodeAt } from './rule-node.ts';
import type { RuleNode } from './rule-node.ts';
import type { EditorForm } from './use-editor.ts';

/** A fault as the service tells it; `code` and `bound` come with faults of a rule. */
export interface Fault {
  readonly path: string;
  readonly message: string;
  readonly code?: string;
  readonly bound?: number | null;
}

type Language = 'zh' | 'en';

/** Names the field a path stands for, as the form does, with the prize it belongs to; empty where nothing has a name. */
export function nameField(
  path: string,
  { form, root, language, words }: { form: EditorForm; root: RuleNode; language: Language; words: Words },
): string {
  const { basic } = words;
  const beside = { accountId: basic.account, name: basic.name, slug: basic.slug };
  if (Object.hasOwn(beside, path)) return beside[path as keyof typeof beside];
  const parts = path.split('.');
  const names = parts.flatMap((name, index) => {
    const here = parts.slice(0, index + 1);
    if (/^\d+$/.test(name)) return [entryName(valueAt(form.draft, here), Number(name), words)];
    const label = nodeAt(root, form.draft, here)?.label;
    return label === undefined ? [] : [labelIn(label, language)];
  });
  // A prize by its name says enough, and so does a field of the rule's own.
  return (parts[0] === 'prizes' ? names.slice(1) : names).join(' · ') || (names[0] ?? '');
}

function entryName(value: unknown, index: number, words: Words): string {
  const { name } = object(value);
  return text(name) === '' ? words.schema.entry(index + 1) : text(name);
}

/** A label at the head of a field: English names are written small, as they also stand inside sentences. */
export function labelIn(label: { readonly zh: string; readonly en: string }, language: Language): string {
  const said = label[language];
  return said.slice(0, 1).toUpperCase() + said.slice(1);
}

/** Says a fault in the operator's language, with the bound that was missed where there is one. */
export function sayFault(fault: Fault, words: Words): string {
  const { faults } = words;
  const known = Object.entries(faults.bySentence).find(([start]) => fault.message.startsWith(start));
  if (known !== undefined) return known[1];
  const isMoney = /Fen(?:Per\w+)?$/.test(fault.path);
  const isText = /(name|word|slug|title|text|pool|texts\.\w+|packet\.\w+|look\.\w+)$/i.test(fault.path);
  const bound = fault.bound ?? null;
  switch (fault.code) {
    case 'invalid_type':
    case 'invalid_union':
    case 'invalid_value':
      return faults.missing;
    case 'too_small':
      if (bound === null || (isText && bound === 1)) return faults.missing;
      return isText ? faults.textTooShort(bound) : isMoney ? faults.moneyTooSmall(bound) : faults.tooSmall(bound);
    case 'too_big':
      if (bound === null) return fault.message;
      return isText ? faults.textTooLong(bound) : isMoney ? faults.moneyTooBig(bound) : faults.tooBig(bound);
    default:
      if (fault.path === 'whenBudgetEnds') return words.worstCase.ask(fault.bound ?? 0);
      if (fault.path === 'slug') return words.problems['slug-taken'] ?? fault.message;
      return fault.message;
  }
}
