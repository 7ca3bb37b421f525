import type { MerchantLimits } from '../../src/flows/ports/accounts.ts';
import type { Rail } from '../../src/flows/ports/payouts.ts';
import type { Chance } from './chance.ts';
import { plainMerchant } from './plain-rows.ts';
import type { Hazards } from './simulated-process.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Something that goes wrong beside single calls, for a while. */
export interface Trouble {
  readonly kind: TroubleKind;
  readonly atMs: number;
  readonly durationMs: number;
  /** Which merchant it happens to, by place. */
  readonly merchant: number;
}

export const TROUBLES = [
  'rate by others',
  'person limit by others',
  'merchant limit by others',
  'certificate broken',
  'key wrong',
  'api switched off',
  'product closed',
  'all sending stopped',
  'database restart',
  'backup restored',
  'process stopped',
] as const;
/** What stays as it is until somebody mends it. */
const NEGLECTABLE = new Set<TroubleKind>(['certificate broken', 'key wrong', 'api switched off', 'product closed']);
export type TroubleKind = (typeof TROUBLES)[number];

export interface PlannedWin {
  readonly atMs: number;
  readonly person: number;
  readonly merchant: number;
  readonly amountFen: number;
  readonly class: 'live' | 'batch';
}

/** Everything a seed decides before the first step. */
export interface Scenario {
  readonly startMs: number;
  readonly processes: number;
  readonly limits: readonly MerchantLimits[];
  /** What can be won. */
  readonly amounts: readonly number[];
  readonly budgetFen: number;
  readonly returnsToBudget: boolean;
  readonly reissuesReturned: boolean;
  /** Of what is going to be won, what the merchant has on its account in the beginning. */
  readonly fundedShare: number;
  readonly riskyShare: number;
  readonly openedShare: number;
  readonly repeatAfterSuccess: 'same-answer' | 'refuse';
  readonly notFoundShape: 'not-found' | 'system-error';
  readonly faultyCalls: number;
  readonly hazards: Hazards;
  /** How much later than asked timers fire: 1 on a quiet machine. */
  readonly lateness: number;
  readonly wins: readonly PlannedWin[];
  readonly troubles: readonly Trouble[];
  /** How long nobody looks after anything: hours as a rule, now and then weeks. */
  readonly neglectedMs: number;
  /** By which rail each merchant pays. */
  readonly rails: readonly Rail[];
  /** How many transfers an operator wants back. */
  readonly cancelledShare: number;
  /** How many notices of transfers go wrong: lost, hours late, told twice. */
  readonly noticesSpoiled: number;
  /** How often a new number goes by the other rail. */
  readonly rescuedShare: number;
}

/** Draws a scenario. Each seed has its own mix: some are calm, some have one kind of trouble only, some everything. */
export function drawScenario(chance: Chance, size: { readonly winsMax: number }): Scenario {
  const startMs = Date.parse('2026-11-20T00:00:00+08:00') + chance.between(0, DAY);
  const merchants = chance.happens(0.25) ? 2 : 1;
  const amounts = drawAmounts(chance);
  const neglectedMs = chance.happens(0.88) ? 0 : chance.between(DAY, 40 * DAY);
  // Weeks of asking in vain are many calls.
  const winsMax = neglectedMs === 0 ? size.winsMax : Math.ceil(size.winsMax / 4);
  const wins = drawWins(chance, { startMs, merchants, amounts, winsMax });
  const totalFen = wins.reduce((sum, win) => sum + win.amountFen, 0);
  return {
    startMs,
    amounts,
    processes: 2 + chance.below(3),
    limits: Array.from({ length: merchants }, () => drawLimits(chance, totalFen)),
    budgetFen: Math.round(totalFen * (chance.happens(0.7) ? 2 : chance.between(0.3, 1))),
    returnsToBudget: chance.happens(0.4),
    reissuesReturned: chance.happens(0.4),
    fundedShare: chance.happens(0.6) ? 2 : chance.between(0.1, 0.9),
    riskyShare: chance.happens(0.5) ? 0 : chance.between(0, 0.3),
    openedShare: chance.between(0.3, 1),
    repeatAfterSuccess: chance.happens(0.7) ? 'same-answer' : 'refuse',
    notFoundShape: chance.happens(0.8) ? 'not-found' : 'system-error',
    faultyCalls: chance.happens(0.2) ? 0 : chance.spread(0.02, 0.6),
    hazards: {
      kill: chance.happens(0.3) ? 0 : chance.spread(0.0002, 0.01),
      stall: chance.happens(0.3) ? 0 : chance.spread(0.0005, 0.02),
    },
    lateness: chance.happens(0.7) ? 1 : chance.spread(1, 30),
    wins,
    troubles: drawTroubles(chance, { startMs, wins, merchants, neglectedMs }),
    neglectedMs,
    ...drawRails(chance.fork('rails'), merchants),
  };
}

/** By a stream of its own: with it a seed plays what it played before there were transfers. */
function drawRails(
  chance: Chance,
  merchants: number,
): Pick<Scenario, 'rails' | 'cancelledShare' | 'noticesSpoiled' | 'rescuedShare'> {
  return {
    rails: Array.from({ length: merchants }, () => (chance.happens(0.5) ? 'transfer' : 'red-packet')),
    cancelledShare: chance.happens(0.4) ? 0 : chance.between(0.02, 0.5),
    noticesSpoiled: chance.happens(0.3) ? 0 : chance.between(0.1, 1),
    rescuedShare: chance.happens(0.5) ? 0 : chance.between(0.2, 1),
  };
}

/** A few amounts, most of them small, each of them once. */
function drawAmounts(chance: Chance): readonly number[] {
  const amounts = Array.from({ length: 12 }, () => Math.round(chance.spread(100, 20_000)));
  return [...new Set(amounts)];
}

/** Wins come in bursts, some of them just before midnight, some in a batch issue. */
function drawWins(
  chance: Chance,
  {
    startMs,
    merchants,
    amounts,
    winsMax,
  }: {
    readonly startMs: number;
    readonly merchants: number;
    readonly amounts: readonly number[];
    readonly winsMax: number;
  },
): readonly PlannedWin[] {
  const people = 3 + chance.below(20);
  // Now and then everybody wins at once, and the pace is what holds them apart.
  const rush = chance.happens(0.08);
  const count = rush ? 2 * winsMax : Math.ceil(winsMax / 2) + chance.below(Math.floor(winsMax / 2) + 1);
  const wins: PlannedWin[] = [];
  while (wins.length < count) {
    const burst = Math.min(1 + chance.below(rush ? count : 25), count - wins.length);
    const atMs = burstTime(chance, startMs);
    const overMs = chance.pick([0, 0, 50, SECOND, MINUTE]);
    const payoutClass = chance.happens(0.2) ? 'batch' : 'live';
    const merchant = chance.below(merchants);
    for (let made = 0; made < burst; made += 1) {
      const amountFen = chance.pick(amounts);
      const person = chance.below(people);
      wins.push({ atMs: atMs + chance.between(0, overMs), person, merchant, amountFen, class: payoutClass });
    }
  }
  return wins;
}

function burstTime(chance: Chance, startMs: number): number {
  const atMs = startMs + chance.between(0, chance.pick([MINUTE, HOUR, DAY, 3 * DAY]));
  if (chance.happens(0.7)) return atMs;
  const midnightMs = Math.ceil((atMs + 8 * HOUR) / DAY) * DAY - 8 * HOUR;
  return midnightMs - chance.spread(10, 30 * SECOND);
}

function drawLimits(chance: Chance, totalFen: number): MerchantLimits {
  const { limits } = plainMerchant('main');
  return {
    ...limits,
    personDayPackets: chance.happens(0.5) ? 10 : 1 + chance.below(5),
    personDayFen: chance.happens(0.7) ? 100_000 : 20_000,
    dayFen: chance.happens(0.7) ? 100_000_000 : Math.max(20_000, Math.round(totalFen * chance.between(0.2, 0.8))),
    callsMax: chance.pick([4, 8, 16, 64]),
  };
}

/** Most troubles come just before, during or soon after a burst of wins: there they hurt. */
function drawTroubles(
  chance: Chance,
  {
    startMs,
    wins,
    merchants,
    neglectedMs,
  }: Pick<Scenario, 'startMs' | 'wins' | 'neglectedMs'> & { readonly merchants: number },
): readonly Trouble[] {
  const kinds = TROUBLES.filter(() => chance.happens(0.3));
  return kinds.flatMap((kind) =>
    Array.from({ length: kind === 'backup restored' ? 1 : 1 + chance.below(3) }, () => {
      const nearMs = chance.pick(wins).atMs + chance.pick([-1, 1]) * chance.spread(10, 10 * MINUTE);
      const atMs = chance.happens(0.7) ? nearMs : startMs + chance.between(0, 4 * DAY);
      const durationMs = durationOf(chance, kind, neglectedMs);
      return { kind, atMs: Math.max(atMs, startMs), durationMs, merchant: chance.below(merchants) };
    }),
  );
}

function durationOf(chance: Chance, kind: TroubleKind, neglectedMs: number): number {
  if (kind === 'database restart') return chance.spread(SECOND, 2 * MINUTE);
  const isNeglected = NEGLECTABLE.has(kind) && neglectedMs > 0;
  return chance.spread(10 * SECOND, 12 * HOUR) + (isNeglected ? neglectedMs : 0);
}
