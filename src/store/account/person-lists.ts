import { setImmediate as endOfTurn } from 'node:timers/promises';
import type pg from 'pg';
import type { Openid } from '../../base/ids.ts';
import type { PersonListKey, PersonListing, PersonLists } from '../../flows/ports/person-lists.ts';
import type { Pseudonyms } from '../../flows/ports/pseudonyms.ts';
import { asOutsideTrouble } from '../database-trouble.ts';

const LISTS = `select list, count(*)::integer as people from person_list where account_id = $1 group by list order by list`;
const LISTS_OF = `select list, added_by as "addedBy", (extract(epoch from added_at) * 1000)::float8 as "addedAtMs"
  from person_list where account_id = $1 and openid = any($2::text[]) order by list`;
const PEOPLE = `select openid, added_by as "addedBy", (select name from operator where id = added_by) as "addedByName", (extract(epoch from added_at) * 1000)::float8 as "addedAtMs"
  from person_list where account_id = $1 and list = $2 and openid > $3 order by openid limit $4`;
// Sorted, so that two operators who add the same people never wait for each other in a circle.
const ADD = `insert into person_list (account_id, list, openid, added_by, added_at)
  select $1, $2, openid, $5, $6 from unnest($3::text[], $4::text[]) as item (openid, pseudonym)
  where not exists (select 1 from person_list where account_id = $1 and list = $2 and openid = pseudonym)
  order by openid on conflict do nothing`;
const REMOVE = `delete from person_list where account_id = $1 and list = $2 and openid = any($3::text[])`;

const PSEUDONYMS_A_TURN = 2000;

/** Lists of people in Postgres. */
export function createPersonLists(pool: pg.Pool, pseudonyms: Pseudonyms): PersonLists {
  const ask = async <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]) => {
    try {
      return await pool.query<Row>(text, [...values]);
    } catch (error) {
      throw asOutsideTrouble(error);
    }
  };
  /** Other requests go on between them: each takes 1.4 us, and a file may name 100,000 people. */
  const pseudonymsOf = async ({ account }: PersonListKey, people: readonly Openid[]): Promise<readonly string[]> => {
    const names: string[] = [];
    for (const [index, openid] of people.entries()) {
      if (index % PSEUDONYMS_A_TURN === PSEUDONYMS_A_TURN - 1) await endOfTurn();
      names.push(pseudonyms.of({ account, openid }));
    }
    return names;
  };
  return {
    knows: async (account) => (await ask('select 1 from account where id = $1', [account])).rowCount === 1,
    listsOf: async ({ account, openid }) => {
      const names = [openid, pseudonyms.of({ account, openid })];
      return (await ask<PersonListing & pg.QueryResultRow>(LISTS_OF, [account, names])).rows;
    },
    lists: async (account) => (await ask<{ list: string; people: number }>(LISTS, [account])).rows,
    async people({ account, list }, { after, most }) {
      type Row = Awaited<ReturnType<PersonLists['people']>>[number] & pg.QueryResultRow;
      return (await ask<Row>(PEOPLE, [account, list, after, most])).rows;
    },
    async add({ account, list }, people, { operator, nowMs }) {
      const names = await pseudonymsOf({ account, list }, people);
      const added = await ask(ADD, [account, list, people, names, operator, new Date(nowMs)]);
      return added.rowCount ?? 0;
    },
    async remove({ account, list }, people) {
      const names = [...people, ...(await pseudonymsOf({ account, list }, people))];
      return (await ask(REMOVE, [account, list, names])).rowCount ?? 0;
    },
  };
}
