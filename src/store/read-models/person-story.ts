import type pg from 'pg';
import type { FoundPerson, PersonStories, StoryLine } from '../../flows/ports/person-stories.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { afterParameters, pageOf } from './page-of.ts';

const FOUND_MAX = 20;

/**
 * Each way of looking is an index of its own, asked account by account: there are few. Names come in the order of theirs
 * (~<~), so that a short beginning is no sort of all who have it. What is shown beside is looked up for those found: joined,
 * it was read whole, 260 ms with 200,000 people.
 */
const SEARCH = `with found as (
    select account.id as account_id, one.openid from account cross join lateral (
      select openid from follower where account_id = account.id and openid = $1
      union select openid from web_profile where account_id = account.id and openid = $1
      union (select openid from draw where account_id = account.id and openid = $1 limit 1)
      union select openid from award where account_id = account.id and award.id = $1
      union select award.openid from payout join award on award.account_id = payout.account_id and award.id = payout.award_id
        where payout.account_id = account.id and payout.order_number = $1
      union (select openid from web_profile where account_id = account.id and nickname like $2 order by nickname using ~<~ limit ${FOUND_MAX})
    ) as one
  )
  select found.account_id as "accountId", found.openid,
    (select nickname from web_profile where web_profile.account_id = found.account_id and web_profile.openid = found.openid) as nickname,
    (select following from follower where follower.account_id = found.account_id and follower.openid = found.openid) as following
  from found
  order by nickname nulls last, found.account_id, found.openid limit ${FOUND_MAX}`;

/** One source of the story: its rows of the person before the cursor, newest first, as many as a page takes. */
interface Source {
  readonly kind: StoryLine['kind'];
  readonly from: string;
  readonly at: string;
  /** Told apart within the kind. */
  readonly key: string;
  readonly activity?: string;
  readonly facts: string;
}

const SOURCES: readonly Source[] = [
  {
    kind: 'draw',
    from: `draw left join award on award.account_id = draw.account_id and award.id = draw.award_id
      left join lateral (select order_number, state, reason from payout where payout.account_id = award.account_id
        and payout.award_id = award.id order by series desc limit 1) as paid on true
      where draw.account_id = $1 and draw.openid = $2`,
    at: 'draw.created_at',
    key: 'draw.request_key',
    activity: 'draw.activity_id',
    facts: `'requestKey', draw.request_key, 'outcome', outcome, 'why', trace ->> 'why', 'ruleVersion', rule_version, 'prizeId', draw.prize_id,
      'awardId', draw.award_id, 'amountFen', award.amount_fen, 'awardState', award.state, 'orderNumber', paid.order_number,
      'payoutState', paid.state, 'payoutReason', paid.reason`,
  },
  {
    kind: 'check-in',
    from: `activity as own join check_in on check_in.account_id = own.account_id and check_in.activity_id = own.id
      where own.account_id = $1 and openid = $2`,
    at: 'check_in.created_at',
    key: `check_in.activity_id || check_in.day`,
    activity: 'check_in.activity_id',
    facts: `'day', check_in.day, 'madeUp', made_up`,
  },
  {
    kind: 'code',
    from: 'code_use where account_id = $1 and openid = $2',
    at: 'used_at',
    key: 'pool_id || code',
    activity: 'activity_id',
    facts: `'pool', pool_id, 'awardId', award_id`,
  },
  {
    kind: 'invited',
    from: 'invitation where account_id = $1 and inviter_openid = $2',
    at: 'opened_at',
    key: 'invitation.id',
    activity: 'activity_id',
    facts: `'openid', invitee_openid, 'state', state`,
  },
  {
    kind: 'was-invited',
    from: 'invitation where account_id = $1 and invitee_openid = $2',
    at: 'opened_at',
    key: 'invitation.id',
    activity: 'activity_id',
    facts: `'openid', inviter_openid, 'state', state`,
  },
  {
    kind: 'listed',
    from: `person_list left join operator on operator.id = added_by where account_id = $1 and openid = $2`,
    at: 'added_at',
    key: 'list',
    facts: `'list', list, 'by', coalesce(operator.name, added_by)`,
  },
  {
    kind: 'scan',
    from: `scene_visit left join scene_code on scene_code.account_id = scene_visit.account_id and scene_code.scene = scene_visit.scene
      where scene_visit.account_id = $1 and openid = $2`,
    at: 'visited_at',
    key: 'request_key',
    facts: `'scene', scene_visit.scene, 'name', scene_code.name, 'followed', followed`,
  },
  {
    kind: 'late-reply',
    from: 'late_reply where account_id = $1 and openid = $2',
    at: 'asked_at',
    key: 'request_key',
    facts: `'state', state, 'reason', reason`,
  },
  {
    kind: 'payment',
    from: 'payment where account_id = $1 and openid = $2',
    at: 'received_at',
    key: 'transaction_id',
    facts: `'transactionId', transaction_id, 'amountFen', amount_fen, 'state', state`,
  },
  {
    kind: 'follow',
    from: 'follower where account_id = $1 and openid = $2 and followed_at is not null',
    at: 'followed_at',
    key: `''`,
    facts: `'scene', scene`,
  },
  {
    kind: 'leave',
    from: 'follower where account_id = $1 and openid = $2 and left_at is not null',
    at: 'left_at',
    key: `''`,
    facts: `'scene', null`,
  },
];

function selectOf({ kind, from, at, key, activity, facts }: Source): string {
  const place = `'${kind}:' || ${key}`;
  return `(select ${at} as at, ${place} as key, '${kind}' as kind, ${activity ?? 'null::text'} as activity_id, jsonb_build_object(${facts}) as facts
    from ${from} and (${at}, ${place}) < ($3, $4) order by ${at} desc, ${place} desc limit $5)`;
}

const STORY = `select (extract(epoch from at) * 1000)::float8 as "atMs", key, kind, activity_id as "activityId", activity.name as "activityName", facts
  from (${SOURCES.map(selectOf).join('\nunion all\n')}) as story
  left join activity on activity.account_id = $1 and activity.id = activity_id
  order by at desc, key desc limit $5`;

/** People and what is stored of them, in Postgres. */
export function createPersonStories(pool: pg.Pool): PersonStories {
  return {
    async search(text) {
      const begins = `${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
      return (await ask(pool.query<FoundPerson>(SEARCH, [text, begins]))).rows;
    },
    async story({ account, openid }, page) {
      const values = [account, openid, ...afterParameters(page.after), page.limit + 1];
      const found = await ask(pool.query<StoryLine & { readonly key: string }>(STORY, values));
      return pageOf(found.rows, page, {
        line: ({ atMs, kind, activityId, activityName, facts }) => ({ atMs, kind, activityId, activityName, facts }),
        cursor: ({ atMs, key }) => ({ atMs, key }),
      });
    },
  };
}

function ask<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw asOutsideTrouble(error);
  });
}
