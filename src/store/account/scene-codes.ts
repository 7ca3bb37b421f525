import type pg from 'pg';
import { addDays, beijingDay, startOfBeijingDayMs } from '../../base/beijing-day.ts';
import { WrongRequest } from '../../base/errors.ts';
import type { AccountId } from '../../base/ids.ts';
import type { CountedScene, SceneRecords } from '../../flows/ports/scene-records.ts';
import { asOutsideTrouble } from '../database-trouble.ts';
import { afterParameters, pageOf } from '../read-models/page-of.ts';
import { inTransaction } from '../transaction.ts';

const DAYS = 30;

/** Codes with a scene in Postgres. A scene whose ticket is empty is reserved: WeChat has not answered for it yet. */
export function createSceneRecords(pool: pg.Pool): SceneRecords {
  return {
    list: (account, page, nowMs) =>
      explained(async () => {
        const values = [account, firstDay(nowMs), ...afterParameters(page.after), page.limit + 1];
        const found = await pool.query<CountedScene>(`${LISTED} ${COUNTED}`, values);
        const cursor = ({ createdAtMs, scene }: CountedScene) => ({ atMs: createdAtMs, key: scene });
        return pageOf(found.rows, page, { line: (row) => row, cursor });
      }),
    find: ({ account, scene }, nowMs) =>
      explained(async () => {
        const found = await pool.query<CountedScene>(`${FOUND} ${COUNTED}`, [account, firstDay(nowMs), scene]);
        return found.rows[0];
      }),
    reserve: (input) => explained(() => inTransaction(pool, (client) => reserve(client, input))),
    fill: ({ account, scene }, { ticket, url, expiresAtMs }) =>
      explained(async () => {
        const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs);
        await pool.query(
          'update scene_code set ticket = $3, url = $4, expires_at = $5 where account_id = $1 and scene = $2',
          [account, scene, ticket, url, expiresAt],
        );
      }),
    release: ({ account, scene }) =>
      explained(async () => {
        const free = `delete from scene_code where account_id = $1 and scene = $2 and ticket = ''`;
        await pool.query(free, [account, scene]);
      }),
    change: ({ account, scene }, { name, reply, activityId }, { seenAtMs, nowMs }) =>
      explained(async () => {
        const values = [account, scene, new Date(seenAtMs), name, reply, activityId, new Date(nowMs)];
        return (await pool.query(CHANGE, values)).rowCount === 1;
      }),
  };
}

async function reserve(client: pg.PoolClient, input: Parameters<SceneRecords['reserve']>[0]): Promise<void> {
  const { account, scene, name, reply, activityId, expiresAtMs, createdBy, nowMs } = input;
  const lasting = expiresAtMs === null;
  if (lasting) await refuseFull(client, account, input.lastingMax);
  await client.query(
    `insert into scene_code (account_id, scene, name, lasting, ticket, url, expires_at, reply, activity_id, created_by,
        created_at, updated_at) values ($1, $2, $3, $4, '', '', $5, $6, $7, $8, $9, $9)`,
    [
      account,
      scene,
      name,
      lasting,
      lasting ? null : new Date(expiresAtMs),
      reply,
      activityId,
      createdBy,
      new Date(nowMs),
    ],
  );
}

/** Two at once must not both take the last place. */
async function refuseFull(client: pg.PoolClient, account: AccountId, lastingMax: number): Promise<void> {
  await client.query('select 1 from account where id = $1 for no key update', [account]);
  const found = await client.query<{ lasting: number }>(
    'select count(*)::int as lasting from scene_code where account_id = $1 and lasting',
    [account],
  );
  if ((found.rows[0]?.lasting ?? 0) < lastingMax) return;
  const message = `the account has ${lastingMax} codes that last, which is all WeChat allows: make one that ends`;
  throw new WrongRequest('scenes-full', message, { status: 409, faults: [{ path: 'livesSeconds', message }] });
}

function firstDay(nowMs: number): Date {
  return new Date(startOfBeijingDayMs(addDays(beijingDay(nowMs), 1 - DAYS)));
}

const LISTED = `
  with code as (
    select * from scene_code where account_id = $1 and (created_at, scene) < ($3, $4)
      order by created_at desc, scene desc limit $5
  )`;

const FOUND = `
  with code as (select * from scene_code where account_id = $1 and scene = $3)`;

const NUMBERS = `
  'visits', count(*), 'people', count(distinct visit.openid),
  'newFollowers', count(distinct visit.openid) filter (where visit.followed),
  'left', count(distinct visit.openid) filter (where visit.followed and follower.following is false)`;

const VISITS = `
  from scene_visit visit
  left join follower on follower.account_id = visit.account_id and follower.openid = visit.openid
  where visit.account_id = $1 and visit.scene = code.scene`;

const COUNTED = `
  select scene, name, lasting, reply, activity_id as "activityId", created_by as "createdBy",
    case when ticket <> '' then jsonb_build_object('ticket', ticket, 'url', url) end as code,
    (extract(epoch from expires_at) * 1000)::float8 as "expiresAtMs",
    (extract(epoch from created_at) * 1000)::float8 as "createdAtMs",
    (extract(epoch from updated_at) * 1000)::float8 as "updatedAtMs",
    (select jsonb_build_object(${NUMBERS}) ${VISITS}) as numbers,
    (select coalesce(jsonb_agg(line order by line ->> 'day' desc), '[]') from (
       select jsonb_build_object('day', to_char(visited_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD'), ${NUMBERS}) as line
       ${VISITS} and visited_at >= $2 group by to_char(visited_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD')
     ) as counted) as days
  from code order by created_at desc, scene desc`;

// Never the same time twice, because the time is what a writer has seen.
const CHANGE = `
  update scene_code set name = $4, reply = $5, activity_id = $6, updated_at = greatest($7, updated_at + interval '1 ms')
  where account_id = $1 and scene = $2 and updated_at = $3`;

/** Constraints that say what is wrong, with the code, the status, the field and the words. */
const BROKEN: Readonly<Record<string, readonly [code: string, status: number, path: string, message: string]>> = {
  scene_code_pk: ['scene-taken', 409, 'scene', 'the account has a code for this scene already'],
  scene_code_activity: ['activity-unknown', 400, 'activityId', 'the account has no such activity'],
  scene_code_account: ['account-not-found', 404, 'account', 'there is no such account'],
};

async function explained<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const constraint = error instanceof Error && 'constraint' in error ? String(error.constraint) : '';
    const broken = BROKEN[constraint];
    if (broken === undefined) throw asOutsideTrouble(error);
    const [code, status, path, message] = broken;
    throw new WrongRequest(code, message, { status, faults: [{ path, message }], cause: error });
  }
}
