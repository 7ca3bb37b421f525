import { beijingDay } from '../../base/beijing-day.ts';
import type { BeijingDay } from '../../base/beijing-day.ts';
import { fen } from '../../base/fen.ts';
import type { ActivityRule } from '../activity-rule.ts';
import { decide } from '../engine.ts';
import type { Decision } from '../engine.ts';
import type { ActivityFacts, ParticipantFacts, SaidCode } from '../facts.ts';
import type { DrawLuck } from '../luck.ts';
import { mechanicAt, TRIGGER_KINDS } from '../trigger-schema.ts';
import type { Trigger, TriggerKind } from '../trigger-schema.ts';

/** What a forecast takes for granted, because nobody can know it before. */
export type Assumption = 'everyone-admitted' | 'codes-valid' | 'vouchers-enough' | 'no-invitations';

/** A rule on the stage: the very engine that decides draws, with everybody admitted and every code good. */
export interface Stage {
  readonly rule: ActivityRule;
  /** The mechanics that somebody comes in by, one after the other. */
  readonly starts: readonly string[];
  readonly assumes: readonly Assumption[];
  readonly opening: ActivityFacts;
  draw(at: StagedDraw): Decision;
}

/** One draw on the stage. */
export interface StagedDraw {
  readonly activity: ActivityFacts;
  readonly person: ParticipantFacts;
  readonly atMs: number;
  readonly day: BeijingDay;
  readonly luck: DrawLuck;
  readonly start: string;
}

const GOOD_CODE: SaidCode = { code: 'FORECAST', use: 'free' };
/** Sets a rule up to be played from `fromMs` on, Unix ms. */
export function stageOf(given: ActivityRule, fromMs: number): Stage {
  const rule = quiet(given);
  const vouchers = new Map(
    rule.prizes.flatMap((prize) => (prize.kind === 'voucher' ? [[prize.pool, 'FORECAST'] as const] : [])),
  );
  return {
    rule,
    starts: startsOf(rule.trigger),
    assumes: assumptionsOf(given),
    opening: {
      state: 'open',
      spentFen: fen(0),
      draws: 0,
      wins: 0,
      day: beijingDay(fromMs),
      winsToday: 0,
      wonTodayFen: fen(0),
      drawn: new Map(),
      givenFen: new Map(),
    },
    draw: ({ activity, person, atMs, day, luck, start }) =>
      decide({
        rule,
        activity: activity.day === day ? activity : { ...activity, day, winsToday: 0, wonTodayFen: fen(0) },
        person,
        atMs,
        day,
        luck,
        start,
        code: GOOD_CODE,
        vouchers,
      }),
  };
}

/** Nobody reads what is said here, and filling it in would take half of the time. */
function quiet(rule: ActivityRule): ActivityRule {
  const short = (text: string | null): string | null => (text === null ? null : '-');
  const texts = Object.fromEntries(Object.entries(rule.texts).map(([name, text]) => [name, short(text)]));
  return { ...rule, texts: texts as ActivityRule['texts'], who: { ...rule.who, must: null, shadow: null } };
}

/** Each mechanic that an open way leads to, once: whoever comes takes them all. What others have to do is left out. */
function startsOf(trigger: Trigger): readonly string[] {
  const open: Readonly<Record<TriggerKind, boolean>> = {
    words: trigger.words.length > 0,
    page: trigger.page,
    follow: trigger.follow !== 'never',
    scenes: trigger.scenes.length > 0,
    menu: false,
    payment: trigger.payment,
    batch: trigger.batch,
    invite: false,
    codes: trigger.codes !== null,
  };
  const ways = TRIGGER_KINDS.filter((kind) => open[kind]).map((kind) => mechanicAt(trigger, kind));
  const words = trigger.words.flatMap(({ leadsTo }) => (leadsTo === undefined ? [] : [leadsTo]));
  const starts = [...new Set([...ways, ...words])];
  return starts.length === 0 ? ['main'] : starts;
}

function assumptionsOf({ who, trigger, prizes, mechanic, chained }: ActivityRule): readonly Assumption[] {
  const coded = [mechanic, ...chained.map((one) => one.mechanic)].some(({ kind }) => kind === 'code');
  return [
    ...(who.must === null ? [] : (['everyone-admitted'] as const)),
    ...(coded ? (['codes-valid'] as const) : []),
    ...(prizes.some(({ kind }) => kind === 'voucher') ? (['vouchers-enough'] as const) : []),
    ...(trigger.invite ? (['no-invitations'] as const) : []),
  ];
}
