import { TEXT_NAMES } from './editor-form.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the form writes by itself, also where it leaves it out because it is not filled in. */
const SHOWN = {
  draft: [
    'trigger',
    'mechanic',
    'prizes',
    'limits',
    'budgetFen',
    'whenBudgetEnds',
    'startsAtMs',
    'endsAtMs',
    'texts',
    'packet',
  ],
  trigger: ['words', 'page'],
  mechanic: ['kind', 'blankTickets', 'prizeId', 'milestones'],
  texts: TEXT_NAMES,
  packet: ['wishing', 'activityName', 'remark', 'sceneId'],
} as const;
const MECHANICS = ['lottery', 'keyword', 'check-in'];
const PRIZES = ['red-packet', 'text'];

/** Adds to what the form wrote what it cannot show of the stored draft, so that saving loses nothing. */
export function keepUnshown(written: Json, stored: Json): Json {
  const part = (name: 'trigger' | 'texts' | 'packet'): Json =>
    merged(object(written[name]), object(stored[name]), SHOWN[name]);
  return {
    ...merged(written, stored, SHOWN.draft),
    trigger: { ...part('trigger'), words: keptWords(object(written['trigger']), object(stored['trigger'])) },
    limits: merged(object(written['limits']), object(stored['limits']), []),
    texts: part('texts'),
    packet: part('packet'),
    mechanic: keptMechanic(object(written['mechanic']), stored),
    prizes: list(written['prizes']).map((prize) => keptPrize(object(prize), stored, shownOfPrizes(written))),
  };
}

/** The form shows a word and how it is meant, not where it leads. */
function keptWords(written: Json, stored: Json): readonly Json[] {
  const before = list(stored['words']).map(object);
  return list(written['words']).map((one) => {
    const word = object(one);
    const same = before.find((old) => old['match'] === word['match'] && old['word'] === word['word']);
    return merged(word, same ?? {}, ['match', 'word']);
  });
}

function keptMechanic(written: Json, stored: Json): Json {
  const before = object(stored['mechanic']);
  // One the form does not know is shown as a lottery.
  const unknown = typeof before['kind'] === 'string' && !MECHANICS.includes(before['kind']);
  if (unknown && written['kind'] === 'lottery') return before;
  if (before['kind'] !== written['kind']) return written;
  const kept = merged(written, before, SHOWN.mechanic);
  if (written['prizeId'] === '') return { ...kept, prizeId: before['prizeId'] ?? null };
  const others = [...list(stored['chained']), ...list(before['totals'])];
  if (others.length === 0 || written['milestones'] === undefined) return kept;
  // Prizes of other mechanics and of totals are won by no streak.
  return { ...kept, milestones: list(written['milestones']).filter((one) => 'streakDays' in object(one)) };
}

/** Tickets stand beside the prizes of a lottery only; another mechanic of the draft may need them. */
function shownOfPrizes(written: Json): readonly string[] {
  const shown = ['id', 'name', 'kind', 'amountFen', 'stock'];
  return object(written['mechanic'])['kind'] === 'lottery' ? [...shown, 'tickets'] : shown;
}

function keptPrize(written: Json, stored: Json, shown: readonly string[]): Json {
  const before = object(list(stored['prizes']).find((prize) => object(prize)['id'] === written['id']));
  const unknown = typeof before['kind'] === 'string' && !PRIZES.includes(before['kind']);
  // One the form does not know is shown as a packet without an amount.
  if (unknown && written['kind'] === 'red-packet' && written['amountFen'] === undefined) {
    return { ...before, ...written, kind: before['kind'] };
  }
  return before['kind'] === written['kind'] ? merged(written, before, shown) : written;
}

/** What was written, with the fields of the stored one that the form does not show. */
function merged(written: Json, stored: Json, shown: readonly string[]): Json {
  const others = Object.entries(stored).filter(([name]) => !shown.includes(name));
  return { ...Object.fromEntries(others), ...written };
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
