import type { BeijingDay } from '../base/beijing-day.ts';
import { formatYuan } from '../base/fen.ts';
import type { Fen } from '../base/fen.ts';
import type { ActivityRule } from './activity-rule.ts';
import { checkInValues } from './check-in-texts.ts';
import type { Loss, ParticipantFacts, Refusal } from './facts.ts';
import { drawsToday } from './limits.ts';
import { earnedChances } from './mechanics/earned-chances.ts';
import type { Prize } from './prize-schema.ts';

/** Returns the text a refused person gets, its placeholders not filled yet. */
export function refusalText({ texts, who }: ActivityRule, refusal: Refusal): string {
  switch (refusal) {
    case 'stopped':
      return texts.stopped ?? texts.closed;
    case 'paused':
      return texts.paused;
    case 'not-started':
      return texts.notStarted ?? texts.closed;
    case 'ended':
      return texts.ended ?? texts.closed;
    case 'not-eligible':
      return who.text;
    case 'day-limit':
    case 'nothing-left':
      return texts.soldOut;
    case 'checked-in-today':
      return texts.checkedInToday ?? texts.limit;
    case 'no-card':
      return texts.noCard ?? texts.limit;
    case 'nothing-to-make-up':
      return texts.nothingToMakeUp ?? texts.limit;
    case 'code-missing':
    case 'code-unknown':
    case 'code-used':
    case 'code-yours':
    case 'too-many-guesses':
    case 'person-limit':
    case 'person-day-limit':
    case 'cool-down':
    case 'no-chance':
    case 'win-limit':
    case 'win-day-limit':
      return texts.limit;
  }
}

/** Returns the text of a draw without a prize, its placeholders not filled yet. */
export function lossText({ texts }: ActivityRule, loss: Loss): string {
  switch (loss) {
    case 'blank':
      return texts.lose;
    case 'no-milestone':
      return texts.checkedIn;
    case 'chances':
      return texts.chances;
    case 'person-budget':
    case 'not-admitted':
      return texts.limit;
    case 'sold-out':
    case 'no-budget':
    case 'day-budget':
      return texts.soldOut;
  }
}

/** What a text can tell. */
export interface TextFacts {
  readonly rule: ActivityRule;
  readonly day: BeijingDay;
  /** The person as they stand after the draw. */
  readonly person: ParticipantFacts;
  /** The lottery whose earned chances are told. */
  readonly chancesIn: string;
  /** `code`: the voucher that was handed out, where the prize is one. */
  readonly won: { readonly prize: Prize; readonly amountFen: Fen; readonly code?: string | null } | null;
}

/** Fills a text's placeholders; one that does not apply becomes empty. */
export function fillText(template: string, facts: TextFacts): string {
  if (!template.includes('{')) return template;
  const { won } = facts;
  const values: Readonly<Record<string, string>> = {
    amount: won === null ? '' : formatYuan(won.amountFen),
    prize: won?.prize.name ?? '',
    code: won?.code ?? '',
    chances: String(chancesAfter(facts) ?? ''),
    ...checkInValues(facts),
  };
  return template.replace(
    /\{(amount|prize|code|chances|streak|total|month|cards|owed)\}/g,
    (_, name: string) => values[name] ?? '',
  );
}

/** How often the person may draw again: what they have earned, or what the day's limit leaves; null without either. */
function chancesAfter({ rule, day, person, chancesIn }: TextFacts): number | null {
  const settings = chancesIn === 'main' ? rule.mechanic : rule.chained.find(({ id }) => id === chancesIn)?.mechanic;
  if (settings?.kind === 'lottery' && settings.chances === 'earned') return earnedChances(person, chancesIn);
  const { drawsPerPersonPerDay } = rule.limits;
  return drawsPerPersonPerDay === null ? null : Math.max(0, drawsPerPersonPerDay - drawsToday(person, day));
}
