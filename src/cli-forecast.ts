import { readFile } from 'node:fs/promises';
import { beijingTime } from './base/beijing-day.ts';
import { fen, formatYuan } from './base/fen.ts';
import { done, failed, withPool, withVariables } from './cli-command.ts';
import type { Outcome } from './cli-command.ts';
import type { Environment } from './config.ts';
import { plannedJob } from './flows/forecast/forecast-activities.ts';
import type { MadeForecast } from './flows/ports/forecasts.ts';
import { readDraft } from './flows/rule-draft.ts';
import type { ActivityRule } from './rules/activity-rule.ts';
import { createForecastRunner } from './wiring-forecast.ts';
import { systemLuck } from './wiring-payouts.ts';

const FOLLOWERS = 10_000;
const FOLLOWERS_MAX = 1_000_000;
const DAYS = 7;
const DAYS_MAX = 92;

/**
 * Forecasts an activity by its address, the rule in force or else its draft, or a rule from a JSON file: `forecast
 * spring 20000 14`. Everybody comes 1.5 times on average, and each day keeps 60 of a hundred visits of the day before.
 */
export async function runForecast(
  words: readonly string[],
  env: Environment,
  say: (line: string) => void,
): Promise<Outcome> {
  const [subject, followersText = String(FOLLOWERS), daysText = String(DAYS), ...rest] = words;
  const followers = wholeUpTo(followersText, FOLLOWERS_MAX);
  const days = wholeUpTo(daysText, DAYS_MAX);
  if (subject === undefined || rest.length > 0) return failed('forecast takes an address or a file, people and days');
  if (followers === null) return failed(`people are 1 to ${FOLLOWERS_MAX}, not ${followersText}`);
  if (days === null) return failed(`days are 1 to ${DAYS_MAX}, not ${daysText}`);
  const expected = { followers, days, visitsPerThousand: 1500, keptPercent: 60, drawsPerVisit: 1 };
  const make = (stored: unknown) => forecastOf(stored, expected, say);
  if (subject.endsWith('.json')) return make(JSON.parse(await readFile(subject, 'utf8')));
  return withVariables(env, ['DATABASE_URL'], ({ DATABASE_URL }) =>
    withPool(DATABASE_URL, async (pool) => {
      const found = await pool.query<{ rule: unknown }>(
        `select coalesce(rule, draft) as rule from activity left join rule_version on rule_version.account_id = activity.account_id
            and activity_id = activity.id and version = published_version where slug = $1`,
        [subject],
      );
      const [row] = found.rows;
      return row === undefined ? failed(`There is no activity at the address ${subject}.`) : make(row.rule);
    }),
  );
}

async function forecastOf(
  stored: unknown,
  expected: Parameters<typeof plannedJob>[1],
  say: (line: string) => void,
): Promise<Outcome> {
  const { rule, faults } = readDraft(stored as Readonly<Record<string, unknown>>);
  if (rule === null) return failed('The rule has faults:', ...faults.map(({ path, message }) => `${path}: ${message}`));
  const startedMs = performance.now();
  let told = 0;
  const job = plannedJob(rule, expected, { nowMs: Date.now(), seed: systemLuck.randomId() });
  const made = await createForecastRunner().run(job, (share) => {
    if (share - told < 0.1 && share < 1) return;
    told = share;
    say(`${Math.round(share * 100)} % played`);
  });
  return done(...linesOf(made, rule), `Made in ${((performance.now() - startedMs) / 1000).toFixed(1)} s.`);
}

function linesOf(made: MadeForecast, rule: ActivityRule): readonly string[] {
  const share = (part: number): string => `${(part * 100).toFixed(1)} %`;
  const yuan = (amount: number): string => formatYuan(fen(Math.round(amount)));
  const below = made.costs.quantiles.map(({ permille, costFen }) => `${permille / 10} %: ${yuan(costFen)}`);
  const [early, middle, late] = made.soldOut.atMs.map((atMs) => beijingTime(atMs).slice(0, 16));
  return [
    `${made.followers} people, ${Math.round(made.visits)} visits, ${Math.round(made.draws)} draws, ${Math.round(made.wins)} wins; played ${made.runs} times, ${made.simulatedFollowers} people in all`,
    `Cost ${yuan(made.meanCostFen)} yuan on average (standard error ${yuan(made.errorFen)}) of a budget of ${yuan(made.budgetFen)}`,
    `Of all such activities cost less${made.costs.estimated ? ' (estimated)' : ''}: ${below.join(', ')}`,
    `The budget does not pay for everything that is drawn: ${share(made.budgetHitShare)}`,
    `Nothing is left before the end: ${share(made.soldOut.share)}${middle === undefined ? '' : `, by ${middle} Beijing time (90 of 100 times between ${early} and ${late})`}`,
    `People who win never, once, ...: ${made.winsPerPerson.map(share).join(', ')} (the last: that often or more)`,
    ...made.prizes.map(({ prizeId, stock, meanWon, goneShare }) => {
      const name = rule.prizes.find(({ id }) => id === prizeId)?.name ?? prizeId;
      return `${name}: ${meanWon.toFixed(1)} of ${stock} won on average, all gone ${share(goneShare)}`;
    }),
    ...(made.assumes.length === 0 ? [] : [`Taken for granted: ${made.assumes.join(', ')}`]),
  ];
}

function wholeUpTo(text: string, most: number): number | null {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return number >= 1 && number <= most ? number : null;
}
