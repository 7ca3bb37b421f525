import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import type { AuditTrail } from '../../../src/flows/ports/audit.ts';
import { createAuditTrail, hashOfEntry, walkEntries } from '../../../src/store/access/audit-trail.ts';
import { verifyAudit } from '../../../src/store/access/verify-audit.ts';
import { createPool } from '../../../src/store/database.ts';
import { freshDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const AT_MS = Date.parse('2026-11-21T12:00:00.123+08:00');
let database: TestDatabase;
let pool: pg.Pool;
let audit: AuditTrail;

before(async () => {
  database = await freshDatabase();
  pool = createPool({ url: database.url, connectionsMax: 12, name: 'test' }, quietLogger());
  audit = createAuditTrail(pool);
  for (let number = 1; number <= 8; number += 1) await note(`change-${number}`);
});
after(async () => {
  await pool.end();
  await database.close();
});

async function note(action: string): Promise<void> {
  const id = await audit.begin({
    actorId: 'a',
    actorName: '安娜',
    via: 'console',
    address: '192.0.2.7',
    action,
    subject: 'x',
    request: { name: '名', amountFen: 100 },
    atMs: AT_MS,
  });
  await audit.settle(id, { outcome: 'done', before: { 'a.b': 1 }, after: { 'a.b': 2 } });
}

/** Does something that only somebody with the database in hand can, verifies, and puts everything back. */
async function tampered(sql: readonly string[], kept: Parameters<typeof verifyAudit>[1] = null) {
  const backup = await database.client.query('select * from audit_entry order by number');
  const head = await database.client.query('select * from audit_head');
  await database.client.query('alter table audit_entry disable trigger all');
  try {
    for (const statement of sql) await database.client.query(statement);
    return (await verifyAudit(pool, kept)).broken;
  } finally {
    await database.client.query('delete from audit_entry');
    await database.client.query(
      'insert into audit_entry select * from jsonb_populate_recordset(null::audit_entry, $1)',
      [JSON.stringify(backup.rows)],
    );
    await database.client.query('update audit_head set number = $1, hash = $2', [
      head.rows[0]?.number,
      head.rows[0]?.hash,
    ]);
    await database.client.query('alter table audit_entry enable trigger all');
  }
}

test('a whole chain verifies, and begins and ends where it should', async () => {
  const { entries, head, broken } = await verifyAudit(pool);
  assert.deepEqual([entries, head.number, broken], [8, 8, null]);
  assert.equal((await verifyAudit(pool, head)).broken, null);
});

test('entries cannot be changed, deleted or emptied by a statement', async () => {
  for (const sql of [
    `update audit_entry set detail = '{}'`,
    'delete from audit_entry where number = 3',
    'truncate audit_entry',
  ]) {
    await assert.rejects(database.client.query(sql), /append-only/, sql);
  }
});

test('any changed field of any entry is found, and which entry it is', async () => {
  const changes: Readonly<Record<string, string>> = {
    at: `at + interval '1 millisecond'`,
    actor_id: `'b'`,
    actor_name: `'bob'`,
    via: `'cli'`,
    address: `'192.0.2.8'`,
    action: `'other'`,
    subject: `'y'`,
    outcome: `'refused'`,
    detail: `replace(detail, '100', '900')`,
    hash: `repeat('1', 64)`,
  };
  for (const [column, value] of Object.entries(changes)) {
    for (const number of [1, 4, 8]) {
      const broken = await tampered([`update audit_entry set ${column} = ${value} where number = ${number}`]);
      assert.equal(broken?.number, number, `${column} of ${number}`);
    }
  }
});

test('a missing entry is found wherever it stood', async () => {
  for (const number of [1, 4, 8]) {
    const broken = await tampered([`delete from audit_entry where number = ${number}`]);
    assert.equal(broken?.number, number);
    assert.match(broken.why, /missing/);
  }
});

test('two entries that changed places are found', async () => {
  const broken = await tampered([
    'update audit_entry set number = 100 where number = 3',
    'update audit_entry set number = 3 where number = 5',
    'update audit_entry set number = 5 where number = 100',
  ]);
  assert.equal(broken?.number, 3);
});

test('an entry changed with its hash made anew breaks the next one, or the end of the chain', async () => {
  for (const number of [4, 8]) {
    const found: string[] = [];
    for await (const entry of walkEntries(pool, 3)) {
      if (entry.number === number) found.push(hashOfEntry({ ...entry, subject: 'z' }));
    }
    const broken = await tampered([
      `update audit_entry set subject = 'z', hash = '${found[0]}' where number = ${number}`,
    ]);
    assert.equal(broken?.number, number === 8 ? 8 : 5);
  }
});

test('a trail cut at its end, with the end put back too, is found by an end that was kept', async () => {
  const { head } = await verifyAudit(pool);
  const cut = [
    'delete from audit_entry where number > 6',
    'update audit_head set number = 6, hash = (select hash from audit_entry where number = 6)',
  ];
  assert.equal(await tampered(cut), null);
  assert.equal((await tampered(cut, head))?.number, 7);
});

test('changes at the same moment make one chain without gaps', async () => {
  const gate = Promise.withResolvers<void>();
  const notes = Array.from({ length: 30 }, async (_, index) => {
    await gate.promise;
    await note(`race-${index}`);
  });
  gate.resolve();
  await Promise.all(notes);
  const { entries, broken } = await verifyAudit(pool);
  assert.deepEqual([entries, broken], [38, null]);
});
