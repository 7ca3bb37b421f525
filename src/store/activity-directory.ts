import type pg from 'pg';
import { assert } from '../base/errors.ts';
import type { AccountId, ActivityId } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { ActivityDirectory, LiveActivity } from '../flows/ports/draws.ts';
import type { FairDraws, FairSeeds } from '../flows/ports/fairness.ts';
import type { Clock } from '../flows/ports/time-and-luck.ts';
import type { ActivityRule } from '../rules/activity-rule.ts';
import type { CodeShape } from '../rules/code-shape.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import { RecentSnapshot } from './recent-snapshot.ts';

const STALE_MAX_MS = 10_000;

/** Everything that is published, as it was at one moment. */
interface Snapshot {
  readonly byAccount: ReadonlyMap<AccountId, readonly LiveActivity[]>;
  readonly bySlug: ReadonlyMap<string, LiveActivity>;
}

interface PublishedRow {
  readonly account_id: AccountId;
  readonly id: ActivityId;
  readonly slug: string;
  readonly name: string;
  readonly version: number;
  readonly published_at_ms: number;
  readonly pays_through: AccountId | null;
  readonly paused: boolean;
  readonly code_shape: CodeShape | null;
}

export interface ActivityDirectoryOptions {
  readonly pool: pg.Pool;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
  /** Reads a stored rule (`activityRuleSchema.parse`); throws when it is not one. */
  readonly parseRule: (stored: unknown) => ActivityRule;
  /** Opens the seeds of activities that have one. */
  readonly seeds?: FairSeeds;
}

/** What of a version never changes. */
interface Known {
  readonly rule: ActivityRule;
  readonly fair: FairDraws | null;
}

/**
 * The published activities, paused ones included, at most one second old: one small query a second whatever the number of messages, and a
 * rule is read and parsed once per version. While the database is away what was known is served for up to 10 s.
 * Throws OutsideTrouble when nothing that recent is known.
 */
export function createActivityDirectory(options: ActivityDirectoryOptions): ActivityDirectory {
  const { clock, logger } = options;
  const known = new Map<string, Known | null>();
  const snapshot = new RecentSnapshot({
    read: () => load(options, known),
    nowMs: () => clock.nowMs(),
    logger,
    stale: 'activities-served-stale',
    staleMaxMs: STALE_MAX_MS,
  });
  return {
    live: async (account) => (await snapshot.current()).byAccount.get(account) ?? [],
    bySlug: async (slug) => (await snapshot.current()).bySlug.get(slug),
  };
}

async function load(options: ActivityDirectoryOptions, known: Map<string, Known | null>): Promise<Snapshot> {
  try {
    const rows = await published(options.pool);
    await readNewRules(options, known, rows);
    const byAccount = new Map<AccountId, LiveActivity[]>();
    const bySlug = new Map<string, LiveActivity>();
    for (const row of rows) {
      const found = known.get(versionKey(row.account_id, row.id, row.version));
      if (found === null || found === undefined) continue;
      const { rule, fair } = found;
      const activity: LiveActivity = {
        accountId: row.account_id,
        id: row.id,
        slug: row.slug,
        name: row.name,
        version: row.version,
        rule,
        publishedAtMs: row.published_at_ms,
        paysThrough: row.pays_through,
        paused: row.paused,
        ...(row.code_shape === null ? {} : { codeShape: row.code_shape }),
        ...(fair === null ? {} : { fair }),
      };
      bySlug.set(row.slug, activity);
      const others = byAccount.get(row.account_id);
      if (others === undefined) byAccount.set(row.account_id, [activity]);
      else others.push(activity);
    }
    return { byAccount, bySlug };
  } catch (error) {
    throw asOutsideTrouble(error);
  }
}

async function published(pool: pg.Pool): Promise<readonly PublishedRow[]> {
  const found = await pool.query<PublishedRow>({
    name: 'published-activities',
    text: `select activity.account_id, activity.id, slug, name, published_version as version,
        (extract(epoch from published_at) * 1000)::float8 as published_at_ms, account.pays_through, activity.state = 'paused' as paused,
        (select jsonb_build_object('prefix', prefix, 'lengthMin', length_min, 'lengthMax', length_max, 'unmistakable', origin = 'generated')
          from code_pool where code_pool.account_id = activity.account_id and activity_id = activity.id and purpose = 'entry'
            and code_pool.state = 'ready') as code_shape
      from activity join account on account.id = activity.account_id
      where activity.state in ('published', 'paused') order by activity.account_id, published_at desc, activity.id`,
  });
  return found.rows;
}

/** Reads the rules of versions not seen before and forgets those no longer published. */
async function readNewRules(
  options: ActivityDirectoryOptions,
  known: Map<string, Known | null>,
  rows: readonly PublishedRow[],
): Promise<void> {
  const { pool, logger, parseRule, seeds } = options;
  const wanted = new Map(rows.map((row) => [versionKey(row.account_id, row.id, row.version), row]));
  for (const key of known.keys()) if (!wanted.has(key)) known.delete(key);
  const missing = [...wanted].filter(([key]) => !known.has(key)).map(([, row]) => row);
  if (missing.length === 0) return;
  const found = await pool.query<VersionRow>(
    `select account_id, activity_id, version, rule, commitment, sealed_seed
       from rule_version left join fairness using (account_id, activity_id)
       where (account_id, activity_id, version) in (select * from unnest($1::text[], $2::text[], $3::integer[]))`,
    [missing.map((row) => row.account_id), missing.map((row) => row.id), missing.map((row) => row.version)],
  );
  for (const row of found.rows) {
    const key = versionKey(row.account_id, row.activity_id, row.version);
    try {
      known.set(key, { rule: parseRule(row.rule), fair: fairOf(row, seeds) });
    } catch (error) {
      // One rule this build cannot read must not take the others down; it is told once per version.
      logger.error({ activity: row.activity_id, version: row.version, error: String(error) }, 'rule-not-readable');
      known.set(key, null);
    }
  }
}

interface VersionRow {
  readonly account_id: AccountId;
  readonly activity_id: ActivityId;
  readonly version: number;
  readonly rule: unknown;
  readonly commitment: string | null;
  readonly sealed_seed: string | null;
}

/** An activity that was promised a seed never goes on without it. */
function fairOf(row: VersionRow, seeds: FairSeeds | undefined): FairDraws | null {
  const { commitment, sealed_seed: sealed } = row;
  if (commitment === null || sealed === null) return null;
  assert(seeds !== undefined, 'who reads activities whose draws are proved can open their seeds');
  return seeds.open({ account: row.account_id, activity: row.activity_id }, { commitment, sealed });
}

function versionKey(account: string, activity: string, version: number): string {
  return `${account}/${activity}/${version}`;
}
