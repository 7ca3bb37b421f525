import { list, number, object, text } from './draft.ts';
import type { Json } from './draft.ts';

/** A prize as lists and numbers show it. */
export interface PrizeGlance {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly amountFen: number;
  readonly tickets: number;
  readonly stock: number;
}

/** What pages beside the editor show of a rule, however unfinished it is. */
export interface RuleGlance {
  readonly kind: string;
  readonly words: readonly { readonly match: string; readonly word: string }[];
  readonly page: boolean;
  /** Whether a list of people may draw. */
  readonly batch: boolean;
  readonly startsAtMs: number | null;
  readonly endsAtMs: number | null;
  readonly prizes: readonly PrizeGlance[];
  /** Share of draws of the main lottery that win anything while stock lasts; null where no ticket is drawn. */
  readonly winShare: number | null;
  readonly budgetFen: number;
}

export function glanceAt(rule: Json): RuleGlance {
  const mechanic = object(rule['mechanic']);
  const trigger = object(rule['trigger']);
  const prizes = list(rule['prizes']).map(prizeGlance);
  const winning = prizes.reduce((sum, { tickets }) => sum + tickets, 0);
  const tickets = winning + (number(mechanic['blankTickets']) ?? 0);
  return {
    kind: text(mechanic['kind']),
    words: list(trigger['words']).map((one) => ({
      match: text(object(one)['match']),
      word: text(object(one)['word']),
    })),
    page: trigger['page'] === true,
    batch: trigger['batch'] === true,
    startsAtMs: number(rule['startsAtMs']),
    endsAtMs: number(rule['endsAtMs']),
    prizes,
    winShare: mechanic['kind'] !== 'lottery' || tickets === 0 ? null : winning / tickets,
    budgetFen: number(rule['budgetFen']) ?? 0,
  };
}

function prizeGlance(one: unknown): PrizeGlance {
  const prize = object(one);
  return {
    id: text(prize['id']),
    name: text(prize['name']),
    kind: text(prize['kind']),
    amountFen: number(prize['amountFen']) ?? number(prize['meanFen']) ?? 0,
    tickets: number(prize['tickets']) ?? 0,
    stock: number(prize['stock']) ?? 0,
  };
}
