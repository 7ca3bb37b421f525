import type { Words } from '../words/words-zh.ts';
import type { EditorForm } from './editor-form.ts';

/** A fault as the service tells it; `code` and `bound` come with faults of a rule. */
export interface Fault {
  readonly path: string;
  readonly message: string;
  readonly code?: string;
  readonly bound?: number | null;
}

export const STEPS = ['basic', 'win', 'prizes', 'limits', 'texts', 'review'] as const;
export type StepName = (typeof STEPS)[number];

/** The step on whose page a path's field stands. */
export function stepOf(path: string): StepName {
  if (/^(accountId|name|slug|startsAtMs|endsAtMs)\b/.test(path)) return 'basic';
  if (/^(trigger|mechanic$|mechanic\.kind)/.test(path)) return 'win';
  if (/^(prizes|mechanic|budgetFen|whenBudgetEnds)/.test(path)) return 'prizes';
  if (path.startsWith('limits')) return 'limits';
  if (/^(texts|packet)/.test(path)) return 'texts';
  return 'review';
}

/** Moves a fault to the field that can mend it: a check-in's days stand beside its prizes. */
export function faultAtField(fault: Fault): Fault {
  const milestone = /^mechanic\.milestones\.(\d+)/.exec(fault.path);
  if (milestone?.[1] !== undefined) return { ...fault, path: `prizes.${milestone[1]}.streakDays` };
  return fault;
}

/** Names the field a path stands for, as its label on the form does; empty for a whole step. */
export function nameField(path: string, form: Pick<EditorForm, 'prizes' | 'words'>, words: Words): string {
  const [top, second = '', third = ''] = path.split('.');
  const { basic, prizes, limits, texts } = words;
  switch (top) {
    case 'accountId':
    case 'name':
    case 'slug':
      return { accountId: basic.account, name: basic.name, slug: basic.slug }[top];
    case 'startsAtMs':
      return basic.starts;
    case 'endsAtMs':
      return basic.ends;
    case 'budgetFen':
      return prizes.budget;
    case 'whenBudgetEnds':
      return words.worstCase.question;
    case 'prizes': {
      const prize = form.prizes[Number(second)];
      if (prize === undefined) return prizes.title;
      const field = { name: prizes.name, kind: prizes.kind, amountFen: prizes.amount, tickets: prizes.tickets };
      const more = { stock: prizes.stock, streakDays: prizes.streak };
      const name = prize.name === '' ? prizes.unnamed(Number(second) + 1) : prize.name;
      return [name, labelIn({ ...field, ...more }, third)].filter((part) => part !== '').join(' · ');
    }
    case 'mechanic':
      if (second === '' || second === 'kind') return words.win.kind;
      return second === 'prizeId' ? prizes.chosen : `${prizes.blank} · ${prizes.tickets}`;
    case 'trigger':
      return words.win.words;
    case 'limits':
      return labelIn(limits, second);
    case 'texts':
    case 'packet':
      return labelIn(texts, second);
    default:
      return '';
  }
}

function labelIn(labels: Readonly<Record<string, unknown>>, name: string): string {
  const label = labels[name];
  return typeof label === 'string' ? label : '';
}

/** Says a fault in the operator's language, with the bound that was missed where there is one. */
export function sayFault(fault: Fault, words: Words): string {
  const { faults } = words;
  const known = Object.entries(faults.bySentence).find(([start]) => fault.message.startsWith(start));
  if (known !== undefined) return known[1];
  const isMoney = fault.path.endsWith('Fen');
  const isText = /(name|word|slug|texts\.\w+|packet\.\w+)$/.test(fault.path);
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
