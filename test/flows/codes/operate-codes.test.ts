import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type pg from 'pg';
import type { AccountId } from '../../../src/base/ids.ts';
import { WrongRequest } from '../../../src/base/errors.ts';
import { createMakeCodes, newCodes } from '../../../src/flows/codes/make-codes.ts';
import { createOperateCodes } from '../../../src/flows/codes/operate-codes.ts';
import type { OperateCodes } from '../../../src/flows/codes/operate-codes.ts';
import type { CodePools } from '../../../src/flows/ports/code-pools.ts';
import { CODE_LETTERS } from '../../../src/rules/code-shape.ts';
import { createCodePools } from '../../../src/store/codes/code-pools.ts';
import { createPool } from '../../../src/store/database.ts';
import { buildAccount } from '../../support/builders.ts';
import { freshDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { realLuck, wallClock } from '../../support/draws.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const MAIN = 'main' as AccountId;
const anna = { id: 'op-anna', name: 'anna', role: 'owner' } as const;
const running = new AbortController().signal;

describe('pools of one-time codes', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let pools: CodePools;
  let codes: OperateCodes;
  const log = quietLogger();
  before(async () => {
    database = await freshDatabase();
    await buildAccount(database.client);
    pool = createPool({ url: database.url, connectionsMax: 6, name: 'test-codes' }, log);
    pools = createCodePools(pool);
    codes = createOperateCodes({ pools, clock: wallClock, logger: log });
  });
  after(async () => {
    await pool.end();
    await database.close();
  });

  const maker = () => createMakeCodes({ pools, clock: wallClock, luck: realLuck, logger: log });
  async function* file(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
    for (const part of parts) yield typeof part === 'string' ? new TextEncoder().encode(part) : part;
  }
  const wish = (id: string, purpose: 'entry' | 'voucher' = 'entry') => ({ account: MAIN, pool: id, name: id, purpose });
  const read = (id: string, purpose: 'entry' | 'voucher', ...parts: readonly (string | Uint8Array)[]) =>
    codes.importFile(anna, { ...wish(id, purpose), encoding: 'utf-8' }, file(...parts));
  const codesOf = async (id: string) =>
    (await pools.codes({ account: MAIN, pool: id }, { after: 0, most: 10_000 })).map(({ code }) => code);
  const refused = async (work: Promise<unknown>): Promise<WrongRequest> => {
    const error = await work.then(
      () => assert.fail('it was taken'),
      (failure: unknown) => failure,
    );
    assert.ok(error instanceof WrongRequest, String(error));
    return error;
  };

  it('are generated part by part by two processes at once, each code once', async () => {
    await codes.generate(anna, { ...wish('made'), prefix: 'HB', count: 12_000 });
    const finish = async (): Promise<void> => {
      const make = maker();
      while (await make.round(running));
    };
    await Promise.all([finish(), finish()]);
    const made = await codes.show({ account: MAIN, pool: 'made' });
    assert.deepEqual([made.state, made.size, made.lengthMin, made.lengthMax], ['ready', 12_000, 12, 12]);
    const found = await database.client.query(
      `select count(distinct code)::int as codes, min(place) as first, max(place) as last from code where pool_id = 'made'`,
    );
    assert.deepEqual(found.rows, [{ codes: 12_000, first: 1, last: 12_000 }]);
    assert.equal((await refused(codes.generate(anna, { ...wish('made'), prefix: '', count: 1 }))).code, 'pool-taken');
  });

  it('never change once they are written', async () => {
    await assert.rejects(database.client.query(`update code set code = 'x' where pool_id = 'made'`), /never change/);
  });

  it('draw every letter alike', () => {
    const counts = new Map<string, number>();
    for (const letter of newCodes('', 20_000, realLuck).join('')) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    const expected = 200_000 / CODE_LETTERS.length;
    const chiSquared = Array.from(CODE_LETTERS).reduce(
      (sum, letter) => sum + ((counts.get(letter) ?? 0) - expected) ** 2 / expected,
      0,
    );
    // 30 degrees of freedom: above this once in a million runs.
    assert.ok(chiSquared < 84.3, String(chiSquared));
    assert.equal(counts.size, CODE_LETTERS.length);
  });

  it('are read from text and CSV, cut anywhere, with any line ends', async () => {
    const made = await read(
      'read',
      'entry',
      '\uFEFFABC-234',
      '56\r',
      '\nＡＢＣ２３４５７,x\n\n"abc 234 58",y\rabcdef2345',
    );
    assert.deepEqual(await codesOf('read'), ['abc23456', 'abc23457', 'abc23458', 'abcdef2345']);
    assert.deepEqual([made.state, made.size, made.lengthMin, made.lengthMax], ['ready', 4, 8, 10]);
    await read('exact', 'voucher', ' aB3-xY \nab3-xy\n"say ""hi"""\n');
    assert.deepEqual(await codesOf('exact'), ['aB3-xY', 'ab3-xy', 'say "hi"'], 'vouchers stay as they are');
    const gbk = new Uint8Array([0xc8, 0xaf, 0x41, 0x31, 0x0a]);
    await codes.importFile(anna, { ...wish('gbk', 'voucher'), encoding: 'gbk' }, file(gbk));
    assert.deepEqual(await codesOf('gbk'), ['券A1']);
  });

  it('with faulty or repeated lines are refused line by line, and nothing is kept', async () => {
    const many = Array.from({ length: 5001 }, (_, index) => `code${String(index).padStart(6, '0')}`).join('\n');
    const error = await refused(
      read('bad', 'entry', `short\n${many}\n中奖码中奖码\ncode-000-000\n${'x'.repeat(5000)}`),
    );
    assert.equal(error.code, 'codes-faulty');
    assert.deepEqual(
      error.faults.map(({ path, message }) => `${path} ${message}`),
      [
        'line 1 is no code: 6 to 32 letters and digits are needed',
        'line 5003 is no code: 6 to 32 letters and digits are needed',
        'line 5005 is far too long',
        'line 5004 stands in the file before',
      ],
    );
    assert.equal((await refused(codes.show({ account: MAIN, pool: 'bad' }))).code, 'pool-not-found');
    assert.deepEqual(await codesOf('bad'), []);
    assert.equal((await read('bad', 'entry', 'good2345')).size, 1, 'the name is free again');
    assert.equal((await refused(read('none', 'entry', '\n\n'))).code, 'codes-missing');
    assert.equal((await refused(read('odd', 'entry', new Uint8Array([0xff, 0xfe, 0x41])))).code, 'codes-not-text');
  });

  it('of a file that broke off are cleared away after ten minutes', async () => {
    const key = { account: MAIN, pool: 'broken' };
    const nowMs = wallClock.nowMs();
    const made = { origin: 'imported', prefix: '', wanted: 0, lengthMin: 0, lengthMax: 0, madeBy: 'x', nowMs } as const;
    await pools.create({ ...wish('broken'), ...made });
    await pools.add(key, ['abc234'], { after: 0, nowMs });
    await maker().round(running);
    assert.equal((await pools.find(key))?.size, 1, 'it may still go on');
    const later = { ...wallClock, nowMs: () => nowMs + 600_001 };
    const make = createMakeCodes({ pools, clock: later, luck: realLuck, logger: log });
    while (await make.round(running));
    assert.equal(await pools.find(key), undefined);
    assert.deepEqual(await codesOf('broken'), []);
  });

  it('are looked up however they are typed, and taken back only while no activity uses them', async () => {
    const key = { account: MAIN, pool: 'read' };
    assert.equal(await codes.lookUp(key, 'ABC 234-56'), null);
    assert.equal((await refused(codes.lookUp(key, 'nothing9'))).code, 'code-not-found');
    await database.client.query(`update code_pool set activity_id = 'x' where id = 'read'`);
    assert.equal((await refused(codes.drop(anna, key))).code, 'pool-in-use');
    await database.client.query(`update code_pool set activity_id = null where id = 'read'`);
    await codes.drop(anna, key);
    assert.equal((await refused(codes.show(key))).code, 'pool-not-found');
  });

  it('stay out of the log', () => {
    assert.doesNotMatch(JSON.stringify(log.lines), /abc23456|aB3-xY/);
  });
});
