import type pg from 'pg';
import type { BeijingDay } from '../base/beijing-day.ts';
import { fen } from '../base/fen.ts';
import type { AccountId, ActivityId, Openid, PrizeId } from '../base/ids.ts';
import type { LiveActivity } from '../flows/ports/draws.ts';
import type { PageReads, PersonStanding, RecentWin } from '../flows/ports/pages.ts';
import type { Pseudonyms } from '../flows/ports/pseudonyms.ts';
import type { ActivityRule } from '../rules/activity-rule.ts';
import type { ParticipantFacts } from '../rules/facts.ts';
import { asOutsideTrouble } from './database-trouble.ts';
import { readMyAwards } from './read-models/my-awards.ts';

export interface PageReadsOptions {
  readonly pool: pg.Pool;
  /** Reads a stored rule (`activityRuleSchema.parse`); throws when it is not one. */
  readonly parseRule: (stored: unknown) => ActivityRule;
  /** Given them, somebody erased who comes back stands where they stood. */
  readonly pseudonyms?: Pseudonyms;
}

/** What the pages read from Postgres, one round trip each. */
export function createPageReads({ pool, parseRule, pseudonyms }: PageReadsOptions): PageReads {
  const outside = async <Result>(work: Promise<Result>): Promise<Result> => {
    try {
      return await work;
    } catch (error) {
      throw asOutsideTrouble(error);
    }
  };
  return {
    stopped: (slug) => outside(readStopped(pool, slug, parseRule)),
    standing: (activity, openid) => {
      const name = openid === null ? null : (pseudonyms?.of({ account: activity.accountId, openid }) ?? null);
      return outside(readStanding(pool, activity, { openid, name }));
    },
    awards: (input) => outside(readMyAwards(pool, input)),
    recentWins: (activity, most) => outside(readRecentWins(pool, activity, most)),
    followCode: (activity, nowMs) => outside(readFollowCode(pool, activity, nowMs)),
  };
}

interface StoppedRow {
  readonly account_id: AccountId;
  readonly id: ActivityId;
  readonly name: string;
  readonly version: number;
  readonly published_at: Date;
  readonly rule: unknown;
  readonly pays_through: AccountId | null;
}

async function readStopped(
  pool: pg.Pool,
  slug: string,
  parseRule: PageReadsOptions['parseRule'],
): Promise<LiveActivity | undefined> {
  const found = await pool.query<StoppedRow>({
    name: 'stopped-activity',
    text: `select activity.account_id, activity.id, activity.name, published_version as version, published_at, rule,
        account.pays_through
      from activity join account on account.id = activity.account_id
      join rule_version on rule_version.account_id = activity.account_id and activity_id = activity.id and version = published_version
      where slug = $1 and state = 'stopped'
      order by published_at desc limit 1`,
    values: [slug],
  });
  const row = found.rows[0];
  if (row === undefined) return undefined;
  return {
    accountId: row.account_id,
    id: row.id,
    slug,
    name: row.name,
    version: row.version,
    rule: parseRule(row.rule),
    publishedAtMs: row.published_at.getTime(),
    paysThrough: row.pays_through,
  };
}

interface WinRow {
  readonly openid: Openid;
  readonly prize_id: PrizeId;
  readonly amount_fen: string;
  readonly created_at: Date;
}

async function readRecentWins(pool: pg.Pool, activity: LiveActivity, most: number): Promise<readonly RecentWin[]> {
  const found = await pool.query<WinRow>({
    name: 'recent-wins',
    text: `select openid, prize_id, amount_fen, created_at from award
      where account_id = $1 and activity_id = $2 order by created_at desc limit $3`,
    values: [activity.accountId, activity.id, most],
  });
  return found.rows.map((row) => ({
    openid: row.openid,
    prizeId: row.prize_id,
    amountFen: fen(Number(row.amount_fen)),
    atMs: row.created_at.getTime(),
  }));
}

/** A scene whose code WeChat has not made yet has no address. */
async function readFollowCode(pool: pg.Pool, activity: LiveActivity, nowMs: number): Promise<string | null> {
  const found = await pool.query<{ url: string }>({
    name: 'follow-code',
    text: `select url from scene_code
      where account_id = $1 and activity_id = $2 and url <> '' and (expires_at is null or expires_at > $3)
      order by created_at desc limit 1`,
    values: [activity.accountId, activity.id, new Date(nowMs)],
  });
  return found.rows[0]?.url ?? null;
}

interface StandingRow {
  readonly drawn: Readonly<Record<string, number>> | null;
  readonly person: {
    readonly draws: number;
    readonly day: BeijingDay | null;
    readonly draws_that_day: number;
    readonly wins: number;
    readonly check_in_day: BeijingDay | null;
    readonly streak_days: number;
    readonly check_ins: number;
    readonly wins_that_day: number;
    readonly spent_fen: number;
    readonly misses: number;
    readonly last_draw_at: string | null;
    readonly state: ParticipantFacts['state'];
  } | null;
  readonly last: {
    readonly outcome: 'won' | 'lost';
    readonly prize_id: PrizeId | null;
    readonly amount_fen: number | null;
    readonly at_ms: number;
  } | null;
}

async function readStanding(
  pool: pg.Pool,
  activity: LiveActivity,
  { openid, name }: { readonly openid: Openid | null; readonly name: string | null },
): Promise<PersonStanding> {
  const found = await pool.query<StandingRow>({
    name: 'person-standing',
    text: `select
      (select jsonb_object_agg(prize_id, drawn) from prize_counter where account_id = $1 and activity_id = $2) as drawn,
      (select to_jsonb(participant) from participant where account_id = $1 and activity_id = $2
         and openid in ($3, $4) order by openid = $3 desc limit 1) as person,
      (select jsonb_build_object('outcome', outcome, 'prize_id', prize_id, 'at_ms', extract(epoch from created_at) * 1000,
           'amount_fen', (select amount_fen from award where award.account_id = $1 and award.id = draw.award_id))
         from draw where account_id = $1 and openid = $3 and activity_id = $2 and outcome <> 'refused'
         order by created_at desc limit 1) as last`,
    values: [activity.accountId, activity.id, openid, name],
  });
  const { drawn, person, last } = found.rows[0] ?? { drawn: null, person: null, last: null };
  return {
    person: person === null ? null : participantOf(person),
    last:
      last === null
        ? null
        : { outcome: last.outcome, prizeId: last.prize_id, amountFen: fen(last.amount_fen ?? 0), atMs: last.at_ms },
    drawn: new Map(Object.entries(drawn ?? {}).map(([prize, count]) => [prize as PrizeId, count])),
  };
}

function participantOf(row: NonNullable<StandingRow['person']>): ParticipantFacts {
  return {
    draws: row.draws,
    day: row.day,
    drawsToday: row.draws_that_day,
    wins: row.wins,
    winsToday: row.wins_that_day,
    spentFen: fen(row.spent_fen),
    misses: row.misses,
    lastDrawAtMs: row.last_draw_at === null ? null : Date.parse(row.last_draw_at),
    checkInDay: row.check_in_day,
    streakDays: row.streak_days,
    checkIns: row.check_ins,
    state: row.state,
  };
}
