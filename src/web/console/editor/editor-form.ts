export type MechanicKind = 'lottery' | 'keyword' | 'check-in';

/** A prize as the form holds it: the column its mechanic needs is filled, the others wait. */
export interface PrizeForm {
  readonly id: string;
  readonly name: string;
  readonly kind: 'red-packet' | 'text';
  readonly amountFen: number | null;
  readonly tickets: number | null;
  readonly stock: number | null;
  /** The streak of days that wins it, in a check-in. */
  readonly streakDays: number | null;
}

export const WORD_MATCHES = ['exact', 'prefix', 'contains', 'number', 'pattern'] as const;

export interface WordForm {
  readonly match: (typeof WORD_MATCHES)[number];
  readonly word: string;
}

export const TEXT_NAMES = [
  'win',
  'lose',
  'limit',
  'soldOut',
  'closed',
  'notStarted',
  'ended',
  'stopped',
  'paused',
  'checkedIn',
] as const;
/** An empty one of these says what the rule says without it. */
const OPTIONAL_TEXTS: readonly TextName[] = ['notStarted', 'ended', 'stopped', 'paused'];
export type TextName = (typeof TEXT_NAMES)[number];
export const LIMIT_NAMES = ['drawsPerPersonPerDay', 'drawsPerPerson', 'winsPerPerson', 'winsPerDay'] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

export const BUDGET_ENDS = ['nobody-wins', 'close'] as const;
export type BudgetEnd = (typeof BUDGET_ENDS)[number];

/** The whole editor as plain data. Money is fen, times Unix ms, null is "not filled in". */
export interface EditorForm {
  readonly accountId: string;
  readonly name: string;
  readonly slug: string;
  readonly kind: MechanicKind;
  readonly words: readonly WordForm[];
  readonly page: boolean;
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  readonly prizes: readonly PrizeForm[];
  readonly blankTickets: number | null;
  /** The prize of a keyword. */
  readonly prizeId: string;
  /** Milestones that share a prize with another one or win none: the form shows one day a prize, and loses none. */
  readonly otherMilestones: readonly unknown[];
  readonly limits: Readonly<Record<LimitName, number | null>>;
  readonly budgetFen: number | null;
  /** Null while nobody has answered: the service asks where the prizes cost more than the budget. */
  readonly whenBudgetEnds: BudgetEnd | null;
  readonly texts: Readonly<Record<TextName, string>>;
  readonly packet: { readonly wishing: string; readonly activityName: string; readonly remark: string };
  readonly sceneId: string | null;
}

type Json = Readonly<Record<string, unknown>>;

/** Writes the form as a draft of a rule. What is not filled in is left out, so that the service names it as missing. */
export function draftOf(form: EditorForm): Json {
  return {
    trigger: { words: form.words, page: form.page },
    mechanic: mechanicOf(form),
    prizes: form.prizes.map((prize) => prizeOf(prize, form.kind)),
    limits: form.limits,
    ...given('budgetFen', form.budgetFen),
    whenBudgetEnds: form.whenBudgetEnds,
    startsAtMs: form.startsAtMs,
    endsAtMs: form.endsAtMs,
    texts: textsOf(form),
    packet: { ...form.packet, sceneId: form.sceneId },
  };
}

function mechanicOf(form: EditorForm): Json {
  switch (form.kind) {
    case 'lottery':
      return { kind: 'lottery', ...given('blankTickets', form.blankTickets) };
    case 'keyword':
      return { kind: 'keyword', prizeId: form.prizeId };
    case 'check-in':
      return {
        kind: 'check-in',
        milestones: [
          ...form.prizes.map((prize) => ({ ...given('streakDays', prize.streakDays), prizeId: prize.id })),
          ...form.otherMilestones,
        ],
      };
  }
}

function prizeOf(prize: PrizeForm, kind: MechanicKind): Json {
  return {
    id: prize.id,
    name: prize.name,
    kind: prize.kind,
    ...(prize.kind === 'red-packet' ? given('amountFen', prize.amountFen) : {}),
    ...(kind === 'lottery' ? given('tickets', prize.tickets) : {}),
    ...given('stock', prize.stock),
  };
}

function given(name: string, value: number | null): Json {
  return value === null ? {} : { [name]: value };
}

/** Only a check-in shows its text; elsewhere an empty one is no fault. */
function textsOf({ kind, texts }: EditorForm): Json {
  const optional: readonly string[] = kind === 'check-in' ? OPTIONAL_TEXTS : [...OPTIONAL_TEXTS, 'checkedIn'];
  return Object.fromEntries(Object.entries(texts).filter(([name, said]) => said !== '' || !optional.includes(name)));
}

/** Reads a stored draft into the form. A draft may be anything an API caller saved; what does not fit stays empty. */
export function formOf(activity: { accountId: string; name: string; slug: string; draft: Json }): EditorForm {
  const { draft } = activity;
  const [trigger, mechanic, limits, texts, packet] = ['trigger', 'mechanic', 'limits', 'texts', 'packet'].map((name) =>
    object(draft[name]),
  ) as [Json, Json, Json, Json, Json];
  const milestones = list(mechanic['milestones']).map(object);
  return {
    accountId: activity.accountId,
    name: activity.name,
    slug: activity.slug,
    kind: oneOf(['lottery', 'keyword', 'check-in'], mechanic['kind']),
    words: list(trigger['words']).map((word) => ({
      match: oneOf(WORD_MATCHES, object(word)['match']),
      word: text(object(word)['word']),
    })),
    page: trigger['page'] === true,
    startsAtMs: number(draft['startsAtMs']),
    endsAtMs: number(draft['endsAtMs']),
    prizes: list(draft['prizes']).map((prize) => prizeForm(object(prize), milestones)),
    blankTickets: number(mechanic['blankTickets']),
    prizeId: text(mechanic['prizeId']),
    otherMilestones: milestones.filter(
      (one, index) =>
        typeof one['prizeId'] !== 'string' ||
        milestones.slice(0, index).some((earlier) => earlier['prizeId'] === one['prizeId']),
    ),
    limits: fromNames(LIMIT_NAMES, (name) => number(limits[name])),
    budgetFen: number(draft['budgetFen']),
    whenBudgetEnds: BUDGET_ENDS.find((end) => end === draft['whenBudgetEnds']) ?? null,
    texts: fromNames(TEXT_NAMES, (name) => text(texts[name])),
    packet: {
      wishing: text(packet['wishing']),
      activityName: text(packet['activityName']),
      remark: text(packet['remark']),
    },
    sceneId: typeof packet['sceneId'] === 'string' ? packet['sceneId'] : null,
  };
}

function prizeForm(prize: Json, milestones: readonly Json[]): PrizeForm {
  const milestone = milestones.find((one) => one['prizeId'] === prize['id']);
  return {
    id: text(prize['id']),
    name: text(prize['name']),
    kind: oneOf(['red-packet', 'text'], prize['kind']),
    amountFen: number(prize['amountFen']),
    tickets: number(prize['tickets']),
    stock: number(prize['stock']),
    streakDays: number(milestone?.['streakDays']),
  };
}

/** An empty prize with an id no other one has. */
export function newPrize(prizes: readonly PrizeForm[]): PrizeForm {
  let number = prizes.length + 1;
  while (prizes.some((prize) => prize.id === `p${number}`)) number += 1;
  return {
    id: `p${number}`,
    name: '',
    kind: 'red-packet',
    amountFen: null,
    tickets: null,
    stock: null,
    streakDays: null,
  };
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function number(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

function oneOf<Choice extends string>(choices: readonly [Choice, ...Choice[]], value: unknown): Choice {
  return choices.find((choice) => choice === value) ?? choices[0];
}

function fromNames<Name extends string, Value>(
  names: readonly Name[],
  read: (name: Name) => Value,
): Readonly<Record<Name, Value>> {
  return Object.fromEntries(names.map((name) => [name, read(name)])) as Record<Name, Value>;
}
