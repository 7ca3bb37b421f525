import type pg from 'pg';
import type { ArchivedActivity, ArchiveKind, ArchiveReads, ArchiveRow } from '../../flows/ports/archives.ts';
import { asOutsideTrouble } from '../database-trouble.ts';

const KINDS: readonly ArchiveKind[] = ['version', 'fairness', 'draw', 'award', 'payout', 'book-entry'];
const ROWS_AT_ONCE = 2000;
// A reader that takes nothing for ten minutes is gone.
const BEGIN = `begin isolation level repeatable read read only;
  set local idle_in_transaction_session_timeout = '10min'; set local statement_timeout = '60s'; set local enable_seqscan = off`;

const AT = (column: string): string =>
  `to_char(${column} at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS.MS') || ' +08:00'`;
const HERE = 'account_id = $1 and activity_id = $2';

/** Each gives one column: a row as JSON. Replies and traces stay out: what they say of people is nobody's to keep. */
const QUERIES: Readonly<Record<ArchiveKind, string>> = {
  version: `select json_build_object('id', version, 'at', ${AT('created_at')}, 'by', published_by, 'rule', rule)
    from rule_version where ${HERE} order by version`,
  fairness: `select json_build_object('id', activity_id, 'commitment', commitment, 'at', ${AT('created_at')}, 'revealedAt', ${AT('revealed_at')})
    from fairness where ${HERE}`,
  draw: `select json_build_object('id', request_key, 'at', ${AT('created_at')}, 'person', openid,
      'version', rule_version, 'outcome', outcome, 'why', trace ->> 'why', 'prize', prize_id, 'award', award_id, 'ticket', ticket, 'place', place)
    from draw where ${HERE} order by created_at, request_key`,
  award: `select json_build_object('id', id, 'at', ${AT('created_at')}, 'person', openid, 'request', request_key, 'prize', prize_id,
      'amountFen', amount_fen, 'state', state)
    from award where ${HERE} order by created_at, id`,
  payout: `select json_build_object('id', order_number, 'at', ${AT('payout.created_at')}, 'award', award_id, 'merchant', merchant_id,
      'amountFen', payout.amount_fen, 'state', payout.state, 'reason', reason, 'railNumber', rail_number, 'firstSentAt', ${AT('first_sent_at')},
      'settledAt', ${AT('payout.updated_at')})
    from award join payout on payout.account_id = award.account_id and payout.award_id = award.id
    where award.account_id = $1 and award.activity_id = $2 order by award.created_at, award.id, order_number`,
  'book-entry': `select json_build_object('id', id, 'at', ${AT('created_at')}, 'entry', kind, 'debit', debit, 'credit', credit,
      'amountFen', amount_fen, 'award', award_id, 'merchant', merchant_id)
    from book_entry where ${HERE} order by id`,
};

/** Archives in Postgres: all kinds from one snapshot, each through a cursor. */
export function createArchiveReads(pool: pg.Pool): ArchiveReads {
  return {
    async bySlug(slug) {
      const text = 'select account_id as "accountId", id, slug, name, state from activity where slug = $1';
      return (await ask(pool.query<ArchivedActivity>(text, [slug]))).rows[0];
    },
    rows: ({ accountId, id }) => readRows(pool, [accountId, id]),
  };
}

async function* readRows(pool: pg.Pool, place: readonly string[]): ReturnType<ArchiveReads['rows']> {
  const client = await ask(pool.connect());
  // Whatever ends the reading early leaves a transaction open: such a connection is not given to anybody else.
  let broken = true;
  try {
    await ask(client.query(BEGIN));
    for (const kind of KINDS) {
      await ask(client.query(`declare archive_rows no scroll cursor without hold for ${QUERIES[kind]}`, [...place]));
      for (;;) {
        const text = `fetch ${ROWS_AT_ONCE} from archive_rows`;
        const found = await ask(client.query<[ArchiveRow]>({ text, rowMode: 'array' }));
        if (found.rows.length === 0) break;
        yield { kind, rows: found.rows.map(([row]) => row) };
      }
      await ask(client.query('close archive_rows'));
    }
    await ask(client.query('commit'));
    broken = false;
  } finally {
    client.release(broken);
  }
}

function ask<Result>(work: Promise<Result>): Promise<Result> {
  return work.catch((error: unknown) => {
    throw asOutsideTrouble(error);
  });
}
