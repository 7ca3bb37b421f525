import { done, failed, withPool } from './cli-command.ts';
import type { Outcome } from './cli-command.ts';
import { verifyDraws } from './flows/fairness/verify-draws.ts';
import type { VerifiedDraws } from './flows/fairness/verify-draws.ts';
import { activityRuleSchema } from './rules/activity-rule.ts';
import { createPseudonyms } from './store/account/pseudonyms.ts';
import { createFairRecords } from './store/fairness/fair-records.ts';
import { createFairSeeds } from './store/fairness/fair-seeds.ts';
import { createSecretBox } from './store/sealed-secret.ts';

const SAID_EVERY = 100_000;

/** Decides every draw of an activity again and says whether all came to the same; takes the activity's address. */
export async function runVerifyDraws(
  [slug, ...more]: readonly string[],
  values: { readonly DATABASE_URL: string; readonly SECRETS_KEY: Buffer },
  say: (line: string) => void,
): Promise<Outcome> {
  if (slug === undefined || more.length > 0)
    return failed('verify-draws takes the address of one activity, as in /a/<address>');
  const box = createSecretBox(values.SECRETS_KEY);
  return withPool(values.DATABASE_URL, async (pool) => {
    let said = 0;
    const verified = await verifyDraws(
      {
        records: createFairRecords(pool),
        seeds: createFairSeeds(box, createPseudonyms(values.SECRETS_KEY)),
        parseRule: (stored) => activityRuleSchema.parse(stored),
        say: (draws) => {
          if (draws - said < SAID_EVERY) return;
          said = draws;
          say(`${draws} draws decided again`);
        },
      },
      slug,
    );
    if (verified === undefined)
      return failed(
        `There is no activity ${JSON.stringify(slug)} with a seed: it is a draft, or was published before there were seeds.`,
      );
    return outcomeOf(verified);
  });
}

function outcomeOf({ activity, draws, refused, faults, faultsInAll }: VerifiedDraws): Outcome {
  const lines = [
    `${activity.name} (${activity.slug}): ${draws} draws, ${refused} requests refused`,
    `seed committed to as ${activity.seed.commitment}`,
  ];
  if (faultsInAll === 0) return done(...lines, 'Every draw came to the same again.');
  const named = faults.map(({ place, key, what }) => `draw ${place}${key === '' ? '' : ` (${key})`}: ${what}`);
  const rest = faultsInAll > faults.length ? [`and ${faultsInAll - faults.length} more`] : [];
  return { code: 1, lines, faults: [`${faultsInAll} draws differ:`, ...named, ...rest] };
}
