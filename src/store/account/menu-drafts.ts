import type pg from 'pg';
import type { MenuDraft, MenuDrafts } from '../../flows/ports/menu-drafts.ts';
import { asOutsideTrouble } from '../database-trouble.ts';

/** Menu drafts in Postgres, one an account; a save names the revision it was made from. */
export function createMenuDrafts(pool: pg.Pool): MenuDrafts {
  return {
    async find(account) {
      const found = await ask(
        pool.query<MenuDraft>(
          `select buttons, revision, (extract(epoch from updated_at) * 1000)::float8 as "updatedAtMs",
              (extract(epoch from published_at) * 1000)::float8 as "publishedAtMs"
            from account_menu where account_id = $1`,
          [account],
        ),
      );
      return found.rows[0];
    },
    async save({ account, buttons, seen, nowMs }) {
      const values = [account, JSON.stringify(buttons), new Date(nowMs)];
      const saved = await ask(seen === 0 ? pool.query(INSERT, values) : pool.query(UPDATE, [...values, seen]));
      return saved.rowCount === 1;
    },
    async published(account, atMs) {
      const at = atMs === null ? null : new Date(atMs);
      await ask(pool.query('update account_menu set published_at = $2 where account_id = $1', [account, at]));
    },
  };
}

const INSERT = `
  insert into account_menu (account_id, buttons, updated_at) values ($1, $2, $3)
    on conflict on constraint account_menu_pk do nothing`;

const UPDATE = `
  update account_menu set buttons = $2, updated_at = $3, revision = revision + 1 where account_id = $1 and revision = $4`;

function ask<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw asOutsideTrouble(error);
  });
}
