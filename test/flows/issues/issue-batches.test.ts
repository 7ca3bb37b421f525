import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type pg from 'pg';
import { WrongRequest } from '../../../src/base/errors.ts';
import { accountId } from '../../../src/base/ids.ts';
import type { FileLine } from '../../../src/flows/issues/check-line.ts';
import { createOperateIssues } from '../../../src/flows/issues/operate-issues.ts';
import type { OperateIssues } from '../../../src/flows/issues/operate-issues.ts';
import { createRunIssues } from '../../../src/flows/issues/run-issues.ts';
import type { RunIssues } from '../../../src/flows/issues/run-issues.ts';
import type { IssueBatchStore, IssueKey } from '../../../src/flows/ports/issue-batches.ts';
import type { Operator } from '../../../src/flows/ports/operators.ts';
import { activityRuleSchema } from '../../../src/rules/activity-rule.ts';
import { createActivityStore } from '../../../src/store/activity-store.ts';
import { createPool } from '../../../src/store/database.ts';
import { createDrawStore } from '../../../src/store/draw-store.ts';
import { createIssueBatchStore } from '../../../src/store/issues/issue-batch-store.ts';
import { verifyBooks } from '../../../src/store/verify-books.ts';
import { buildAccount, NOON_MS, randomId } from '../../support/builders.ts';
import { freshDatabase } from '../../support/database.ts';
import type { TestDatabase } from '../../support/database.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const MAIN = accountId('main');
const PACKET = { wishing: '感谢支持', activityName: '老客回馈', remark: '名单发放', sceneId: null };
const LEASE_OVER_MS = 61_000;
const ANNA: Operator = { id: 'anna', name: 'anna', role: 'operator' };
const BERT: Operator = { id: 'bert', name: 'bert', role: 'owner' };

describe('packets for a file of people', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let issues: IssueBatchStore;
  let operate: OperateIssues;
  const log = quietLogger();
  const clock = { ms: NOON_MS };
  const now = { nowMs: () => clock.ms };
  const luck = { randomId };

  before(async () => {
    database = await freshDatabase();
    pool = createPool({ url: database.url, connectionsMax: 12, name: 'issues' }, log);
    issues = createIssueBatchStore(pool, (stored) => activityRuleSchema.parse(stored));
    operate = createOperateIssues({ issues, activities: createActivityStore(pool), clock: now, luck, logger: log });
    await buildAccount(database.client);
  });
  after(async () => {
    await pool.end();
    await database.close();
  });
  beforeEach(async () => {
    // What was confirmed alone counts for a day.
    clock.ms += 2 * 86_400_000;
    await database.client.query(`update issue_batch set state = 'cancelled' where state = 'running'`);
  });

  /** A worker of its own; `around` may break its store. */
  function worker(around: (store: IssueBatchStore) => IssueBatchStore = (store) => store): RunIssues {
    const draws = createDrawStore(pool);
    return createRunIssues({ issues: around(issues), draws, clock: now, luck, logger: log, orderPrefix: 'T' });
  }
  async function prepared(lines: readonly FileLine[], given: { linesPerMinute?: number } = {}): Promise<IssueKey> {
    const wish = { account: MAIN, name: '老客回馈', note: '', packet: PACKET, defaultAmountFen: 150 };
    const { batch } = await operate.create(ANNA, { ...wish, linesPerMinute: given.linesPerMinute ?? 12_000 });
    await operate.readFile(ANNA, batch, fileOf(lines));
    return { account: MAIN, id: batch.id };
  }
  async function confirmed(lines: readonly FileLine[], given?: { linesPerMinute?: number }): Promise<IssueKey> {
    const key = await prepared(lines, given);
    const { people, amountFen } = (await operate.show(key)).batch;
    assert.equal((await operate.confirm(ANNA, key, { people, amountFen })).batch.state, 'running');
    return key;
  }
  async function runToEnd(key: IssueKey, workers: readonly RunIssues[]): Promise<void> {
    for (let round = 0; round < 40; round += 1) {
      clock.ms += LEASE_OVER_MS;
      await Promise.all(workers.map((one) => one.round().catch(() => false)));
      if ((await operate.show(key)).batch.state === 'finished') return;
    }
    throw new Error('the batch was not finished after 40 rounds');
  }
  async function paid(key: IssueKey) {
    const { activity } = (await operate.show(key)).batch;
    const found = await database.client.query<{ awards: number; people: number; fen: number; batch: number }>(
      `select count(*)::int as awards, count(distinct award.openid)::int as people, sum(payout.amount_fen)::int as fen,
        count(*) filter (where payout.class = 'batch')::int as batch
       from award join payout on payout.account_id = award.account_id and payout.award_id = award.id
       where award.activity_id = $1`,
      [activity],
    );
    return found.rows[0];
  }
  async function assertBooks(): Promise<void> {
    assert.deepEqual((await verifyBooks(pool)).differences, []);
  }

  it('names the fault of every line, and shows what the others come to', async () => {
    const key = await prepared([
      line(1),
      line(2, { openid: '' }),
      line(3, { openid: '张三' }),
      line(4, { amount: '1.234' }),
      line(5, { amount: '0.5' }),
      line(6, { note: 'x'.repeat(101) }),
      line(7, { openid: person(1) }),
      { ...line(8), fault: 'line-too-long' },
      line(9, { amount: '¥2.5元' }),
    ]);
    const { batch } = await operate.show(key);
    assert.deepEqual([batch.lines, batch.faulty, batch.people, batch.amountFen], [9, 7, 2, 400]);
    const faults = await operate.lines(key, { after: 0, most: 100, faulty: true });
    assert.deepEqual(
      faults.map((one) => [one.line, one.fault]),
      [
        [2, 'openid-missing'],
        [3, 'openid-malformed'],
        [4, 'amount-malformed'],
        [5, 'amount-not-allowed'],
        [6, 'note-too-long'],
        [7, 'duplicate'],
        [8, 'line-too-long'],
      ],
    );
    assert.equal(faults[1]?.text, '张三');
  });

  it('gives each line its award and payout, behind live ones, with books that balance', async () => {
    const key = await confirmed([...people(250), line(251, { amount: '3.00' })]);
    await runToEnd(key, [worker()]);
    assert.deepEqual(await paid(key), { awards: 251, people: 251, fen: 250 * 150 + 300, batch: 251 });
    const { batch } = await operate.show(key);
    assert.deepEqual([batch.issued, batch.issuedFen, batch.finishedAtMs === null], [251, 37_800, false]);
    const [first] = await operate.lines(key, { after: 0, most: 1, faulty: false });
    assert.deepEqual([first?.award, first?.orderNumber?.startsWith('T')], ['reserved', true]);
    await assertBooks();
  });

  it('loses and repeats nothing when its worker dies after the awards and before it wrote that down', async () => {
    const key = await confirmed(people(250));
    let deaths = 0;
    const dying = worker((store) => ({
      ...store,
      advance: () => {
        deaths += 1;
        throw new Error('the process is gone');
      },
    }));
    clock.ms += LEASE_OVER_MS;
    await assert.rejects(dying.round(), /gone/);
    await runToEnd(key, [worker()]);
    assert.equal(deaths, 1);
    assert.deepEqual(await paid(key), { awards: 250, people: 250, fen: 37_500, batch: 250 });
    await assertBooks();
  });

  it('is worked on by several processes without giving anything twice', async () => {
    const key = await confirmed(people(400));
    await runToEnd(key, [worker(), worker(), worker()]);
    assert.deepEqual(await paid(key), { awards: 400, people: 400, fen: 60_000, batch: 400 });
  });

  it('keeps its pace, pauses, goes on where it stopped and can be cancelled', async () => {
    const key = await confirmed(people(100), { linesPerMinute: 240 });
    const one = worker();
    clock.ms += 1;
    assert.equal(await one.round(), true);
    assert.equal((await operate.show(key)).batch.issued, 20);
    assert.equal(await one.round(), false);
    clock.ms += 5000;
    assert.equal(await one.round(), true);
    await operate.turn(ANNA, key, 'pause');
    clock.ms += LEASE_OVER_MS;
    assert.equal(await one.round(), false);
    await operate.turn(ANNA, key, 'resume');
    assert.equal(await one.round(), true);
    assert.equal((await operate.turn(BERT, key, 'cancel')).batch.state, 'cancelled');
    assert.equal(await one.round(), false);
    assert.equal((await paid(key))?.awards, 60);
    await assertBooks();
  });

  /** One approves and another says no while the budget is being booked; `around` may break the store. */
  async function approvedAndRefused(around: (store: IssueBatchStore) => IssueBatchStore) {
    const key = await prepared(people(10).map((one) => ({ ...one, amount: '150' })));
    const { people: count, amountFen } = (await operate.show(key)).batch;
    await operate.confirm(ANNA, key, { people: count, amountFen });
    const booking = Promise.withResolvers<void>();
    const refusing = Promise.withResolvers<void>();
    const activities = createActivityStore(pool);
    const parts = { issues: around(issues), clock: now, luck, logger: log };
    const approver = createOperateIssues({
      ...parts,
      activities: {
        ...activities,
        async publish(...given) {
          booking.resolve();
          await refusing.promise;
          return activities.publish(...given);
        },
      },
    });
    const approving = approver.decide(BERT, key, true).then(
      () => 'approved',
      (error: WrongRequest) => error.code,
    );
    await booking.promise;
    const said = await createOperateIssues({ ...parts, activities })
      .decide(ANNA, key, false)
      .then(
        () => 'refused',
        (error: WrongRequest) => error.code,
      );
    refusing.resolve();
    const { state, activity } = { ...(await approving.then(() => operate.show(key))).batch };
    const booked = await database.client.query(
      `select 1 from book_entry where account_id = 'main' and activity_id = $1`,
      [activity],
    );
    return { approval: await approving, refusal: said, state, booked: booked.rows.length > 0 };
  }

  it('is not refused any more once an approval books its budget', async () => {
    assert.deepEqual(await approvedAndRefused((store) => store), {
      approval: 'approved',
      refusal: 'issue-state',
      state: 'running',
      booked: true,
    });
  });

  it('twin: without the note of who approves it is refused with its budget booked', async () => {
    const forgetful = (store: IssueBatchStore) => ({ ...store, beginApproval: () => Promise.resolve(true) });
    assert.deepEqual(await approvedAndRefused(forgetful), {
      approval: 'issue-state',
      refusal: 'refused',
      state: 'refused',
      booked: true,
    });
  });

  it('can be decided again after an approval that booked nothing', async () => {
    const key = await prepared(people(10).map((one) => ({ ...one, amount: '150' })));
    const { people: count, amountFen } = (await operate.show(key)).batch;
    await operate.confirm(ANNA, key, { people: count, amountFen });
    const none = (): never => {
      throw new WrongRequest('rule-faulty', 'no');
    };
    const activities = { ...createActivityStore(pool), publish: none };
    const faulty = createOperateIssues({ issues, activities, clock: now, luck, logger: log });
    await assert.rejects(faulty.decide(BERT, key, true), refused('rule-faulty'));
    assert.equal((await operate.decide(ANNA, key, false)).batch.state, 'refused');
  });

  it('asks a second person above the limit, and whoever prepared it is none', async () => {
    const key = await prepared(people(10).map((one) => ({ ...one, amount: '150' })));
    const seen = { people: 10, amountFen: 150_000 };
    await assert.rejects(operate.confirm(ANNA, key, { ...seen, people: 9 }), refused('issue-changed'));
    assert.equal((await operate.confirm(ANNA, key, seen)).batch.state, 'asked');
    await assert.rejects(operate.decide(ANNA, key, true), refused('issue-own'));
    assert.equal((await operate.decide(BERT, key, true)).batch.state, 'running');
    await assert.rejects(operate.decide(BERT, key, true), refused('issue-state'));
  });

  it('counts what the account sent alone within a day, so that dividing a file avoids nobody', async () => {
    const half = people(10).map((one) => ({ ...one, amount: '60' }));
    const other = half.map((one, index) => ({ ...one, openid: person(1000 + index) }));
    const seen = { people: 10, amountFen: 60_000 };
    assert.equal((await operate.confirm(ANNA, await prepared(half), seen)).batch.state, 'running');
    const key = await prepared(other);
    assert.equal((await operate.confirm(BERT, key, seen)).batch.state, 'asked');
    assert.equal((await operate.decide(ANNA, key, false)).batch.state, 'refused');
  });

  it('tells that the same file was read before', async () => {
    const first = await prepared(people(7));
    const second = await prepared(people(7));
    assert.equal((await operate.show(second)).batch.sameFileAs, first.id);
  });

  it('is empty again when its file breaks off, and takes another', async () => {
    const { batch } = await operate.create(ANNA, {
      account: MAIN,
      name: '一次',
      note: '',
      packet: PACKET,
      defaultAmountFen: 100,
      linesPerMinute: 60,
    });
    await assert.rejects(operate.readFile(ANNA, batch, { ...fileOf([]), lines: breaking() }), /disk/);
    assert.deepEqual(stateOf(await operate.show(batch)), ['empty', null, 'the file could not be read']);
    assert.deepEqual(stateOf(await operate.readFile(ANNA, batch, fileOf(people(3)))), ['prepared', 3, null]);
    assert.deepEqual(stateOf(await operate.readFile(ANNA, batch, fileOf(people(2)))), ['prepared', 2, null]);
  });

  it('forgets batches nobody confirmed', async () => {
    const key = await prepared(people(5));
    clock.ms += 8 * 86_400_000;
    await worker().forgetOld();
    await assert.rejects(operate.show(key), refused('issue-not-found'));
  });

  it('refuses packets whose texts WeChat Pay would refuse', async () => {
    const wish = { account: MAIN, name: 'x', note: '', defaultAmountFen: 100, linesPerMinute: 60 };
    const packet = { ...PACKET, activityName: '太长'.repeat(20) };
    await assert.rejects(operate.create(ANNA, { ...wish, packet }), refused('rule-faulty'));
  });
});

function stateOf({ batch }: Awaited<ReturnType<OperateIssues['show']>>) {
  return [batch.state, batch.lines, batch.reason];
}

function person(number: number): string {
  return `oTest${String(number).padStart(23, '0')}`;
}

function line(number: number, changes: Partial<FileLine> = {}): FileLine {
  return { line: number, openid: person(number), amount: '', amountIn: 'yuan', note: '', ...changes };
}

function people(count: number): readonly FileLine[] {
  return Array.from({ length: count }, (_, index) => line(index + 1));
}

function fileOf(lines: readonly FileLine[]) {
  return {
    name: 'people.csv',
    lines: (async function* () {
      yield* lines;
    })(),
    hash: () => String(lines.length),
  };
}

async function* breaking(): AsyncGenerator<FileLine> {
  yield line(1);
  throw new Error('the disk is full');
}

function refused(code: string) {
  return (error: unknown): boolean => error instanceof WrongRequest && error.code === code;
}
