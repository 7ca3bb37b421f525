import { addDays, beijingDay, beijingTime, daysBetween, startOfBeijingDayMs, weekdayOf } from '../base/beijing-day.ts';
import type { BeijingDay } from '../base/beijing-day.ts';
import type { Condition, ConditionLeaf, Who } from './conditions-schema.ts';
import type { TraceStep } from './facts.ts';
import type { ConditionFacts } from './person-facts.ts';

/** What is not known is neither a yes nor a no, and stays so under a `not`: it never lets anybody in. */
type Answer = 'yes' | 'no' | 'unknown';

/** What a leaf found: `seen` is null where nothing is known. */
interface Look {
  readonly answer: Answer;
  readonly seen: TraceStep['seen'];
  readonly asked: TraceStep['limit'];
}

/**
 * Decides whether somebody meets a condition, by Kleene's three-valued logic. Every leaf is looked at and has a step in
 * the trace, named by its place and kind (`who.must.of.0:follows`); the last step is the whole condition.
 */
export function meets(
  condition: Condition,
  facts: ConditionFacts,
  place = 'who.must',
): { readonly met: boolean; readonly steps: readonly TraceStep[] } {
  const steps: TraceStep[] = [];
  return judged(answerOf(condition, { look: (leaf) => look(leaf, facts), place, steps }), place, steps);
}

function judged(seen: Answer, place: string, steps: readonly TraceStep[]): ReturnType<typeof meets> {
  const met = seen === 'yes';
  return { met, steps: [...steps, { check: place, passed: met, seen, limit: 'yes' }] };
}

/**
 * Decides again from what the leaves answered then: their steps say so. A leaf whose step is missing knows nothing.
 */
export function admitAgain(
  { must, shadow }: Pick<Who, 'must' | 'shadow'>,
  recorded: readonly TraceStep[],
): ReturnType<typeof admit> {
  const again = (condition: Condition, place: string): ReturnType<typeof meets> => {
    const steps: TraceStep[] = [];
    const lookAgain = (leaf: ConditionLeaf, at: string): Look => {
      const step = recorded.find(({ check }) => check === `${at}:${leaf.kind}`);
      if (step === undefined) return unknown(null);
      const answer = step.passed ? 'yes' : step.seen === null ? 'unknown' : 'no';
      return { answer, seen: step.seen, asked: step.limit };
    };
    return judged(answerOf(condition, { look: lookAgain, place, steps }), place, steps);
  };
  const asked = must === null ? null : again(must, 'who.must');
  const tried = shadow === null ? null : again(shadow, 'who.shadow');
  return { admitted: asked?.met ?? true, steps: [...(asked?.steps ?? []), ...(tried?.steps ?? [])] };
}

/** Decides who may take part: `must` alone admits, `shadow` is only written down. */
export function admit(
  { must, shadow }: Pick<Who, 'must' | 'shadow'>,
  facts: ConditionFacts,
): { readonly admitted: boolean; readonly steps: readonly TraceStep[] } {
  const asked = must === null ? null : meets(must, facts, 'who.must');
  const tried = shadow === null ? null : meets(shadow, facts, 'who.shadow');
  return { admitted: asked?.met ?? true, steps: [...(asked?.steps ?? []), ...(tried?.steps ?? [])] };
}

interface Looking {
  readonly look: (leaf: ConditionLeaf, place: string) => Look;
  readonly place: string;
  readonly steps: TraceStep[];
}

function answerOf(condition: Condition, { look: lookAt, place, steps }: Looking): Answer {
  switch (condition.kind) {
    case 'all':
    case 'any': {
      const answers = condition.of.map((part, index) =>
        answerOf(part, { look: lookAt, place: `${place}.of.${index}`, steps }),
      );
      return join(answers, condition.kind === 'all' ? 'no' : 'yes');
    }
    case 'not': {
      const answer = answerOf(condition.of, { look: lookAt, place: `${place}.of`, steps });
      return answer === 'unknown' ? answer : yesIf(answer === 'no');
    }
    default: {
      const { answer, seen, asked } = lookAt(condition, place);
      steps.push({ check: `${place}:${condition.kind}`, passed: answer === 'yes', seen, limit: asked });
      return answer;
    }
  }
}

/** One `decisive` answer decides whatever the others are; without one, what is unknown stays so. */
function join(answers: readonly Answer[], decisive: 'yes' | 'no'): Answer {
  if (answers.includes(decisive)) return decisive;
  if (answers.includes('unknown')) return 'unknown';
  return decisive === 'yes' ? 'no' : 'yes';
}

function yesIf(met: boolean): Answer {
  return met ? 'yes' : 'no';
}

function unknown(asked: Look['asked']): Look {
  return { answer: 'unknown', seen: null, asked };
}

function look(leaf: ConditionLeaf, facts: ConditionFacts): Look {
  const { person } = facts;
  switch (leaf.kind) {
    case 'follows': {
      if (person.follower === null) return unknown('following');
      const { following } = person.follower;
      return { answer: yesIf(following), seen: following ? 'following' : 'left', asked: 'following' };
    }
    case 'followed-for':
      return lookAtAge(leaf, facts);
    case 'tagged':
      return lookAtTags(leaf, facts);
    case 'account':
      return {
        answer: yesIf(leaf.accounts.includes(facts.account)),
        seen: facts.account,
        asked: leaf.accounts.join(','),
      };
    case 'won':
      return lookAtWins(leaf, facts);
    case 'listed': {
      if (person.lists === null) return unknown(leaf.list);
      const on = person.lists.includes(leaf.list);
      return { answer: yesIf(on), seen: on ? leaf.list : '', asked: leaf.list };
    }
    case 'period':
      return lookAtPeriod(leaf, facts);
    case 'hours':
      return lookAtHours(leaf, facts);
    case 'union': {
      if (person.union === null) return unknown(leaf.below);
      const seen = person.union[leaf.counts][leaf.in === 'this' ? 'here' : 'anywhere'];
      return { answer: yesIf(seen < leaf.below), seen, asked: leaf.below };
    }
    case 'velocity':
      return lookAtVelocity(leaf, facts);
  }
}

type Leaf<Kind extends ConditionLeaf['kind']> = Extract<ConditionLeaf, { readonly kind: Kind }>;

function lookAtAge({ days, since }: Leaf<'followed-for'>, { person: { follower }, atMs }: ConditionFacts): Look {
  if (follower === null) return unknown(days);
  if (!follower.following) return { answer: 'no', seen: 'left', asked: days };
  const fromMs = since === 'first' ? follower.firstFollowedAtMs : follower.followedAtMs;
  if (fromMs === null) return unknown(days);
  // WeChat's clock may be ahead of ours.
  const seen = Math.max(0, daysBetween(beijingDay(fromMs), beijingDay(atMs)));
  return { answer: yesIf(seen >= days), seen, asked: days };
}

function lookAtTags({ tagIds, has }: Leaf<'tagged'>, { person }: ConditionFacts): Look {
  const asked = `${has} ${tagIds.join(',')}`;
  if (person.tagIds === null) return unknown(asked);
  const carried = new Set(person.tagIds);
  const met = has === 'all' ? tagIds.every((id) => carried.has(id)) : tagIds.some((id) => carried.has(id));
  return { answer: yesIf(met), seen: person.tagIds.join(','), asked };
}

function lookAtWins({ in: scope, times, days }: Leaf<'won'>, { person: { wins }, atMs }: ConditionFacts): Look {
  if (wins === null) return unknown(times);
  const won = scope === 'this' ? wins.here : wins.anywhere;
  const fromMs = days === null ? 0 : startOfBeijingDayMs(addDays(beijingDay(atMs), 1 - days));
  const seen = won.filter((wonAtMs) => wonAtMs >= fromMs).length;
  return { answer: yesIf(seen >= times), seen, asked: times };
}

function lookAtPeriod({ fromMs, untilMs }: Leaf<'period'>, { atMs }: ConditionFacts): Look {
  const within = (fromMs === null || atMs >= fromMs) && (untilMs === null || atMs < untilMs);
  return { answer: yesIf(within), seen: atMs, asked: `${fromMs ?? ''}..${untilMs ?? ''}` };
}

function lookAtHours(leaf: Leaf<'hours'>, { atMs }: ConditionFacts): Look {
  const time = beijingTime(atMs);
  const minute = minuteOf(time.slice(11, 16));
  const [from, until] = [minuteOf(leaf.from), minuteOf(leaf.until)];
  const today = beijingDay(atMs);
  const begin = (day: BeijingDay): boolean => beginsOn(leaf, day);
  const open =
    from < until
      ? minute >= from && minute < until && begin(today)
      : (minute >= from && begin(today)) || (minute < until && begin(addDays(today, -1)));
  const days = [
    ...(leaf.weekdays === null ? [] : [`weekdays ${leaf.weekdays.join(',')}`]),
    ...(leaf.monthDays === null ? [] : [`days ${leaf.monthDays.join(',')}`]),
  ];
  return { answer: yesIf(open), seen: time, asked: [`${leaf.from}-${leaf.until}`, ...days].join(' ') };
}

function beginsOn({ weekdays, monthDays }: Leaf<'hours'>, day: BeijingDay): boolean {
  return (weekdays?.includes(weekdayOf(day)) ?? true) && (monthDays?.includes(Number(day.slice(8))) ?? true);
}

/** Minutes since midnight of a time of day, `HH:MM`. */
function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function lookAtVelocity({ per, draws, seconds }: Leaf<'velocity'>, facts: ConditionFacts): Look {
  const times = { person: facts.person.drawsAtMs, ip: facts.ipDrawsAtMs, device: facts.deviceDrawsAtMs }[per];
  if (times === null) return unknown(draws);
  const seen = times.filter((drawnAtMs) => drawnAtMs > facts.atMs - seconds * 1000).length;
  // This draw is one of them.
  return { answer: yesIf(seen < draws), seen, asked: draws };
}
