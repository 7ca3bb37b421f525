import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { runCommand } from '../../src/cli.ts';
import { buildActivity, buildWin } from '../support/builders.ts';
import { freshDatabase } from '../support/database.ts';
import type { TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let env: Record<string, string>;
before(async () => {
  database = await freshDatabase();
  env = { DATABASE_URL: database.url, PUBLIC_URL: 'https://hongbao.example.com' };
});
after(() => database.close());

describe('npm run cli', () => {
  test('lists its commands when asked, and when there is no such command', async () => {
    const help = await runCommand(['help'], {});
    assert.equal(help.code, 0);
    for (const name of ['migrate', 'operator:create <name> [--role <role>]', 'verify-books', 'help']) {
      assert.ok(
        help.lines.some((line) => line.startsWith(`  ${name} `)),
        name,
      );
    }
    assert.deepEqual((await runCommand([], {})).lines, help.lines);
    const unknown = await runCommand(['toString'], {});
    assert.deepEqual(unknown, { code: 1, lines: [], faults: ['There is no command "toString".', '', ...help.lines] });
  });

  test('asks only for the variables a command uses', async () => {
    assert.match((await runCommand(['migrate'], {})).faults.join('\n'), /^DATABASE_URL is missing: .*$/);
    const two = (await runCommand(['operator:create', 'zhang'], {})).faults;
    assert.deepEqual(
      two.map((fault) => fault.split(' ')[0]),
      ['PUBLIC_URL', 'DATABASE_URL'],
    );
  });

  test('prints answers to standard output and faults to standard error, with the exit code', () => {
    const run = (...words: string[]) =>
      spawnSync(process.execPath, ['src/cli.ts', ...words], {
        cwd: new URL('../..', import.meta.url).pathname,
        env: { PATH: process.env['PATH'], ...env },
        encoding: 'utf8',
      });
    const fine = run('migrate');
    assert.deepEqual([fine.status, fine.stdout, fine.stderr], [0, 'nothing to do: the database is up to date\n', '']);
    const wrong = run('verify-books', 'now');
    assert.deepEqual(
      [wrong.status, wrong.stdout, wrong.stderr],
      [1, '', 'verify-books takes nothing after its name\n'],
    );
  });

  test('says that the database cannot be reached, without the password', async () => {
    const away = await runCommand(['migrate'], { DATABASE_URL: 'postgres://u:hush-hush@127.0.0.1:1/x' });
    assert.match(away.faults.join(), /^migrate failed: PostgreSQL cannot be reached: .*ECONNREFUSED/);
    assert.doesNotMatch(away.faults.join(), /hush-hush/);
  });
});

describe('migrate', () => {
  test('makes the schema in an empty database, and other commands ask for it until then', async () => {
    await database.client.query('create database "empty_for_cli"');
    const url = new URL(database.url);
    url.pathname = '/empty_for_cli';
    const empty = { ...env, DATABASE_URL: url.href };
    try {
      const early = await runCommand(['verify-books'], empty);
      assert.deepEqual(early.faults, ['The database is behind this version: run npm run cli -- migrate']);
      const applied = await runCommand(['migrate'], empty);
      assert.equal(applied.code, 0);
      assert.match(applied.lines[0] ?? '', /^applied FirstSchema/);
      assert.deepEqual((await runCommand(['migrate'], empty)).lines, ['nothing to do: the database is up to date']);
    } finally {
      await database.client.query('drop database "empty_for_cli" with (force)');
    }
  });
});

describe('operator:create', () => {
  test('prints a link whose token is stored only as a hash', async () => {
    const { code, lines } = await runCommand(['operator:create', 'Zhang', 'San'], env);
    assert.equal(code, 0);
    const token = /^https:\/\/hongbao\.example\.com\/console\/set-up\?token=([\w-]{43})$/.exec(lines[0] ?? '')?.[1];
    assert.ok(token !== undefined, lines[0]);
    const found = await database.client.query(
      'select name, token_hash from operator join login_link on operator_id = id',
    );
    assert.equal(found.rows[0]?.name, 'Zhang San');
    assert.notEqual(found.rows[0]?.token_hash, token);
  });

  test('needs a name, and a role that there is', async () => {
    assert.match((await runCommand(['operator:create'], env)).faults.join(), /^operator:create needs a name/);
    const boss = await runCommand(['operator:create', 'li', '--role', 'boss'], env);
    assert.match(boss.faults.join(), /^--role needs one of owner, operator/);
    const li = await runCommand(['operator:create', 'Li', '--role', 'finance'], env);
    assert.match(li.lines[1] ?? '', /^By this link Li \(finance\) sets/);
    const again = await runCommand(['operator:create', 'Li', '--role', 'owner'], env);
    assert.equal(again.lines.at(-1), 'Li stays finance: an owner changes roles in the console.');
  });
});

describe('verify-audit', () => {
  test('tells that commands which change something were run, and which entry was changed since', async () => {
    assert.equal((await runCommand(['sending:stop', 'drill'], env)).code, 0);
    assert.equal((await runCommand(['sending:resume'], env)).code, 0);
    const fine = await runCommand(['verify-audit'], env);
    assert.equal(fine.code, 0, fine.faults.join());
    const found = await database.client.query(
      'select number, via, action, actor_name, detail from audit_entry order by number',
    );
    const stop = found.rows.find((row) => row.action === 'sending:stop');
    assert.deepEqual([stop.via, JSON.parse(stop.detail).request], ['cli', ['drill']]);
    assert.notEqual(stop.actor_name, '');
    const end = /(\d+:[0-9a-f]{64})$/.exec(fine.lines.at(-1) ?? '')?.[1] ?? '';
    assert.equal((await runCommand(['verify-audit', end], env)).code, 0);
    assert.match((await runCommand(['verify-audit', 'x'], env)).faults.join(), /^verify-audit takes nothing, or/);

    await database.client.query('alter table audit_entry disable trigger all');
    await database.client.query(`update audit_entry set actor_name = 'nobody' where number = $1`, [stop.number]);
    const broken = await runCommand(['verify-audit'], env);
    assert.equal(broken.code, 1);
    assert.equal(broken.faults[0], `BROKEN at entry ${stop.number}: this entry was changed after it was written.`);
  });
});

describe('verify-books', () => {
  test('shows balances while they agree, and each difference once they do not', async () => {
    const activity = await buildActivity(database.client);
    const win = await buildWin(database.client, activity);
    const fine = await runCommand(['verify-books'], env);
    assert.deepEqual([fine.code, fine.lines.at(-1)], [0, 'The books of 1 activities balance.']);
    assert.match(fine.lines[0] ?? '', /^main [0-9a-f]{32} {2}budget \d+\.\d\d {2}reserved 1\.00 /);

    await database.client.query('update award set amount_fen = amount_fen + 1 where id = $1', [win.awardId]);
    const wrong = await runCommand(['verify-books'], env);
    assert.equal(wrong.code, 1);
    assert.ok(wrong.lines.some((line) => line.startsWith('DIFFERENCE main') && line.includes(win.awardId)));
    assert.ok(wrong.lines.some((line) => line.startsWith('WHAT TO DO about fen won by a person: ')));
    assert.match(wrong.faults.join(), /^\d+ differences; nothing was changed/);
  });
});
