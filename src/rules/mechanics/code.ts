import { z } from 'zod';
import { beijingTime } from '../../base/beijing-day.ts';
import { maskedCode, POOL_ID } from '../code-shape.ts';
import type { ParticipantFacts } from '../facts.ts';
import { leadSchema } from './lead.ts';
import { gainFaults, gainOf, reachOf } from './mechanic.ts';
import type { Mechanic, Play, Refused } from './mechanic.ts';

const text = z.string().min(1).max(600);

const schema = z.strictObject({
  kind: z.literal('code'),
  pool: z.string().regex(POOL_ID).describe('The pool of entry codes, each of which is good for one time'),
  prizeId: z
    .string()
    .nullable()
    .default(null)
    .describe('The prize a code is worth, while stock and budget last; a code is not used up for a prize that is gone'),
  leadsTo: leadSchema.nullable().default(null).describe('What a code leads to instead of a prize'),
  guessesPerHour: z
    .int()
    .min(1)
    .max(100)
    .default(5)
    .describe('How many codes that do not exist a person may say in an hour; then nobody looks at theirs any more'),
  perPerson: z.int().min(1).max(10_000).nullable().default(null).describe('How many codes one person may use in all'),
  texts: z
    .strictObject({
      missing: text.default('请发送兑换码').describe('Told to whoever gives no code'),
      unknown: text.default('没有这个兑换码，请核对后再发一次').describe('Told for a code that does not exist'),
      used: text.default('这个兑换码已经被使用过了').describe('Told for a code that somebody else has used'),
      yours: text.default('这个兑换码你已经用过了').describe('Told for a code that the person has used before'),
      wait: text
        .default('输错的次数太多，请 {time} 之后再试')
        .describe('Told after too many guesses; {time} is until when'),
    })
    .prefault({})
    .describe('What people are told about their codes'),
});
type Settings = z.infer<typeof schema>;

const HOUR_MS = 3_600_000;

/** Each code of a pool is good for one time, for one person. */
export const code = {
  kind: 'code',
  schema,
  reaches: (settings) => reachOf(settings),
  faults: (settings) => gainFaults(settings),
  refuse(settings, play) {
    const { guesses, used } = rememberedOf(play.person, play.id);
    return (
      guessingFault(settings, play, guesses) ?? codeFault(settings, play, guesses) ?? tooMany(settings, play, used)
    );
  },
  play(settings, play) {
    const { prizes, person, code: saidCode, left, id, trace } = play;
    const gain = gainOf(settings, prizes);
    const isPrize = gain !== undefined && 'stock' in gain;
    const ticket = null;
    if (isPrize && !left(gain)) trace.push({ check: 'prize-left', passed: false, seen: gain.id, limit: 'left' });
    if (gain === undefined || saidCode === null || (isPrize && !left(gain)))
      return { gain: null, why: 'sold-out', ticket, person };
    const { used, ...rest } = rememberedOf(person, id);
    const mark = { kind: 'code', pool: settings.pool, code: saidCode.code, forPrize: isPrize } as const;
    return { gain, ticket, person: withMemory(person, id, { ...rest, used: used + 1 }), marks: [mark] };
  },
} satisfies Mechanic<Settings>;

/** Whoever guessed too often waits, even with the right code: else they could go on guessing. */
function guessingFault(
  { guessesPerHour, texts }: Settings,
  { atMs, trace }: Play,
  guesses: readonly number[],
): Refused | null {
  const recent = guesses.filter((guessedAtMs) => guessedAtMs > atMs - HOUR_MS);
  const passed = recent.length < guessesPerHour;
  trace.push({ check: 'guesses', passed, seen: recent.length, limit: guessesPerHour });
  if (passed) return null;
  const untilMs = (recent.at(-guessesPerHour) ?? atMs) + HOUR_MS;
  const wait = texts.wait.replaceAll('{time}', beijingTime(untilMs + 59_999).slice(11, 16));
  return { why: 'too-many-guesses', text: wait };
}

function codeFault(settings: Settings, play: Play, guesses: readonly number[]): Refused | null {
  const { code: saidCode, trace, person, id, atMs } = play;
  const { texts, guessesPerHour } = settings;
  const seen = saidCode === null ? null : maskedCode(saidCode.code);
  trace.push({ check: 'code', passed: saidCode?.use === 'free', seen, limit: saidCode?.use ?? 'missing' });
  switch (saidCode?.use) {
    case undefined:
      return { why: 'code-missing', text: texts.missing };
    case 'unknown': {
      const { used } = rememberedOf(person, id);
      const remembered = { guesses: [...guesses, atMs].slice(-guessesPerHour), used };
      return { why: 'code-unknown', text: texts.unknown, person: withMemory(person, id, remembered) };
    }
    case 'taken':
      return { why: 'code-used', text: texts.used };
    case 'mine':
      return { why: 'code-yours', text: texts.yours };
    case 'free':
      return null;
  }
}

function tooMany({ perPerson }: Settings, { trace }: Play, used: number): Refused | null {
  if (perPerson === null) return null;
  trace.push({ check: 'codes-per-person', passed: used < perPerson, seen: used, limit: perPerson });
  return used < perPerson ? null : { why: 'person-limit' };
}

/** What is remembered of a person: when their last wrong guesses were, in Unix ms, and how many codes they used. */
interface Memory {
  readonly guesses: readonly number[];
  readonly used: number;
}

/** Anything unreadable counts as nothing. */
function rememberedOf({ state }: Pick<ParticipantFacts, 'state'>, id: string): Memory {
  const own = Object.hasOwn(state, id) ? state[id] : null;
  if (typeof own !== 'object' || own === null) return { guesses: [], used: 0 };
  const guesses = 'guesses' in own && Array.isArray(own.guesses) ? own.guesses : [];
  const used = 'used' in own && Number.isSafeInteger(own.used) ? Math.max(0, Number(own.used)) : 0;
  return { guesses: guesses.filter((atMs): atMs is number => Number.isSafeInteger(atMs)), used };
}

function withMemory(person: ParticipantFacts, id: string, memory: Memory): ParticipantFacts {
  const own = Object.hasOwn(person.state, id) ? person.state[id] : null;
  return { ...person, state: { ...person.state, [id]: { ...(typeof own === 'object' ? own : {}), ...memory } } };
}
