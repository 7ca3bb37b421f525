import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createPool } from '../../src/store/database.ts';
import { createDecideApprovals } from '../../src/flows/access/decide-approvals.ts';
import { createActivityStore } from '../../src/store/activity-store.ts';
import { createApprovalStore } from '../../src/store/access/approval-store.ts';
import { OurBug, WrongRequest } from '../../src/base/errors.ts';
import type { Operator } from '../../src/flows/ports/operators.ts';
import { buildAccount } from '../support/builders.ts';
import { Caller, startConsole, statusesOf } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { wallClock } from '../support/draws.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { quietLogger } from '../support/quiet-logger.ts';
import { withoutRowLocks } from '../support/unlocked-pool.ts';

const BUDGET_FEN = 100_000;
let server: TestConsole;
let anna: Caller;
let bo: Caller;
let made = 0;

before(async () => {
  server = await startConsole();
  await buildAccount(server.database.client);
  anna = await new Caller(server).logIn('owner', 'anna');
  bo = await new Caller(server).logIn('finance', 'bo');
  const limits = { publishAboveFen: BUDGET_FEN - 1, batchAboveFen: null };
  assert.equal((await anna.send('PUT', '/approval-limits', limits)).status, 200);
  assert.deepEqual((await bo.get('/approval-limits')).body, limits);
});
after(() => server.close());

const rule = (budgetFen: number) => lotteryRule({ budgetFen, limits: { drawsPerPerson: 3 } });

async function asked(budgetFen = BUDGET_FEN) {
  made += 1;
  const slug = `asked-${made}`;
  const created = await anna.post('/activities', { accountId: 'main', slug, name: slug, draft: rule(budgetFen) });
  assert.equal(created.status, 200, JSON.stringify(created.body));
  const { id, revision } = created.body.activity;
  const answer = await anna.post(`/activities/${id}/publish`, { revision });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return { id, revision, slug, activity: answer.body.activity };
}

async function waitingOf(activityId: string) {
  const { publications } = (await bo.get('/approvals')).body;
  return publications.find((one: { activityId: string }) => one.activityId === activityId);
}

test('a budget up to the amount is published by one person, one above waits for another', async () => {
  const small = await asked(BUDGET_FEN - 1);
  assert.deepEqual([small.activity.state, small.activity.awaiting], ['published', null]);
  const { id, activity } = await asked();
  assert.equal(activity.state, 'draft');
  assert.deepEqual([activity.awaiting.amountFen, activity.awaiting.revision], [BUDGET_FEN, activity.revision]);
  const request = await waitingOf(id);
  assert.deepEqual([request.askedByName, request.own, request.amountFen], ['anna', false, BUDGET_FEN]);
  const decided = await bo.post(`/approvals/${request.id}/decision`, { decision: 'approved' });
  assert.equal(decided.status, 200, JSON.stringify(decided.body));
  const published = (await anna.get(`/activities/${id}`)).body;
  assert.deepEqual([published.activity.state, published.activity.awaiting], ['published', null]);
  assert.equal(published.numbers.budgetFen, BUDGET_FEN);
  assert.equal(await waitingOf(id), undefined);
});

test('a list of people that can win much waits for a second person, who lets it draw or refuses it', async () => {
  const limits = { publishAboveFen: BUDGET_FEN - 1, batchAboveFen: 250 };
  assert.equal((await anna.send('PUT', '/approval-limits', limits)).status, 200);
  const draft = { ...rule(1000), trigger: { ...rule(1000).trigger, batch: true } };
  const made = await anna.post('/activities', { accountId: 'main', slug: 'lists', name: '名单', draft });
  const { id, revision } = made.body.activity;
  const live = await anna.post(`/activities/${id}/publish`, { revision });
  assert.equal(live.status, 200, JSON.stringify(live.body));
  const openids = Array.from({ length: 3 }, (_, index) => `o${'x'.repeat(26)}${index}`);
  for (const openid of openids) {
    const values = [openid, new Date()];
    const text = `insert into follower (account_id, openid, following, seen_at) values ('main', $1, true, $2)`;
    await server.pool.query(text, values);
  }
  const asked = async (people: number) => {
    const body = { note: '老客户', openids: openids.slice(0, people) };
    const prepared = await anna.post(`/activities/${id}/batches`, body);
    assert.equal(prepared.status, 200, JSON.stringify(prepared.body));
    const path = `/activities/${id}/batches/${prepared.body.id}`;
    const confirmed = await anna.post(`${path}/confirm`, { people });
    return { path, state: confirmed.body.state };
  };
  assert.equal((await asked(2)).state, 'running');
  const first = await asked(3);
  assert.equal(first.state, 'asked');
  const [waiting] = (await bo.get('/approvals')).body.lists;
  assert.deepEqual(
    [waiting.activityName, waiting.people, waiting.amountFen, waiting.askedByName, waiting.own],
    ['名单', 3, 300, 'anna', false],
  );
  assert.equal((await anna.get('/approvals')).body.lists[0].own, true);
  assert.equal((await anna.post(`${first.path}/decide`, { approve: true })).body.code, 'batch-own');
  const answers = await Promise.all([true, false, true].map((approve) => bo.post(`${first.path}/decide`, { approve })));
  assert.deepEqual(statusesOf(answers), [200, 409, 409]);
  const second = await asked(3);
  assert.equal((await bo.post(`${second.path}/decide`, { approve: false })).body.state, 'refused');
  assert.deepEqual((await bo.get('/approvals')).body.lists, []);
  const listed = (await anna.get(`/activities/${id}/batches?limit=1`)).body;
  const older = (await anna.get(`/activities/${id}/batches?after=${listed.next}`)).body;
  assert.deepEqual([listed.rows.length, older.rows.length, older.next], [1, 2, null]);
  const plain = { publishAboveFen: BUDGET_FEN - 1, batchAboveFen: null };
  assert.equal((await anna.send('PUT', '/approval-limits', plain)).status, 200);
});

test('while it waits the draft stays as it is, and it is not asked for twice', async () => {
  const { id, revision, slug, activity } = await asked();
  const edit = await anna.send('PUT', `/activities/${id}`, { revision, slug, name: 'other', draft: rule(1) });
  assert.deepEqual([edit.status, edit.body.code], [409, 'publication-asked']);
  assert.equal((await anna.post(`/activities/${id}/publish`, { revision })).body.code, 'publication-asked');
  assert.equal((await bo.post(`/approvals/${activity.awaiting.id}/withdraw`)).status, 403);
  assert.equal((await anna.post(`/approvals/${activity.awaiting.id}/withdraw`)).status, 200);
  const again = await anna.send('PUT', `/activities/${id}`, { revision, slug, name: 'other', draft: rule(1000) });
  assert.equal(again.status, 200, JSON.stringify(again.body));
});

test('nobody decides on what they asked for, nor without the permission', async () => {
  const { activity } = await asked();
  const path = `/approvals/${activity.awaiting.id}/decision`;
  for (const decision of ['approved', 'refused']) {
    assert.deepEqual((await anna.post(path, { decision })).body.code, 'approval-own');
  }
  for (const role of ['operator', 'support', 'viewer'] as const) {
    const caller = await new Caller(server).logIn(role, `decides-${role}`);
    assert.equal((await caller.post(path, { decision: 'approved' })).body.code, 'not-permitted');
  }
  assert.equal((await bo.post(path, { decision: 'refused' })).status, 200);
  assert.equal((await bo.post(path, { decision: 'approved' })).body.code, 'approval-decided');
  assert.equal((await bo.post('/approvals/none/decision', { decision: 'approved' })).status, 404);
  const stored = await server.pool.query('select state from approval where id = $1', [activity.awaiting.id]);
  assert.equal(stored.rows[0]?.state, 'refused');
});

test('after 72 hours a request is over: nobody approves it, and the draft can change', async () => {
  const { id, revision, slug, activity } = await asked();
  assert.equal(activity.awaiting.expiresAtMs - activity.awaiting.askedAtMs, 72 * 3_600_000);
  await server.pool.query(
    `update approval set expires_at = asked_at, asked_at = asked_at - interval '72 hours' where id = $1`,
    [activity.awaiting.id],
  );
  assert.equal(await waitingOf(id), undefined);
  const late = await bo.post(`/approvals/${activity.awaiting.id}/decision`, { decision: 'approved' });
  assert.deepEqual([late.status, late.body.code], [409, 'approval-over']);
  const edit = await anna.send('PUT', `/activities/${id}`, { revision, slug, name: 'later', draft: rule(BUDGET_FEN) });
  assert.equal(edit.status, 200);
  const renewed = await anna.post(`/activities/${id}/publish`, { revision: edit.body.activity.revision });
  assert.notEqual(renewed.body.activity.awaiting.id, activity.awaiting.id);
});

test('of approvers, a refusal and an edit at the same moment one wins, and the rest are told', async () => {
  const finance = await Promise.all(
    ['c', 'd', 'e'].map((name) => new Caller(server).logIn('finance', `races-${name}`)),
  );
  for (let round = 0; round < 5; round += 1) {
    const { id, revision, slug, activity } = await asked();
    const path = `/approvals/${activity.awaiting.id}/decision`;
    const gate = Promise.withResolvers<void>();
    const runs = [
      ...finance.map((caller) => () => caller.post(path, { decision: 'approved' })),
      () => bo.post(path, { decision: 'refused' }),
      () => anna.send('PUT', `/activities/${id}`, { revision, slug, name: 'meanwhile', draft: rule(1000) }),
    ].map(async (run) => {
      await gate.promise;
      return run();
    });
    gate.resolve();
    const answers = await Promise.all(runs);
    const decisions = answers.slice(0, 4);
    assert.deepEqual(statusesOf(decisions), [200, 409, 409, 409], JSON.stringify(answers.map(({ body }) => body)));
    const versions = await server.pool.query('select rule from rule_version where activity_id = $1', [id]);
    const approved = decisions.slice(0, 3).some(({ status }) => status === 200);
    assert.equal(versions.rowCount, approved ? 1 : 0);
    if (approved) assert.equal(versions.rows[0]?.rule.budgetFen, BUDGET_FEN);
  }
});

/** Two people approve the same request over stores of their own, both past the barrier before either reads. */
async function approveTwice(locked: boolean): Promise<readonly unknown[]> {
  const { activity } = await asked();
  const url = server.database.url;
  const pools = [0, 1].map(() => createPool({ url, connectionsMax: 2, name: 'test-approver' }, quietLogger()));
  const meeting = locked ? null : withoutRowLocks(2);
  const approvers: readonly Operator[] = ['x', 'y'].map((id) => ({ id, name: id, role: 'finance' }));
  const gate = Promise.withResolvers<void>();
  const runs = approvers.map(async (approver, index) => {
    const bare = pools[index];
    assert.ok(bare);
    const pool = meeting === null ? bare : meeting(bare);
    const approvals = createApprovalStore(pool);
    const activities = createActivityStore(pool);
    const flow = createDecideApprovals({ approvals, activities, clock: wallClock, logger: quietLogger() });
    await gate.promise;
    return flow.decide(approver, { id: activity.awaiting.id, decision: 'approved' });
  });
  gate.resolve();
  const ended = await Promise.allSettled(runs);
  await Promise.all(pools.map((pool) => pool.end()));
  return ended.filter((end) => end.status === 'rejected').map(({ reason }) => reason as unknown);
}

test('of two approvers the second is told that it was decided', async () => {
  const [refusal, ...more] = await approveTwice(true);
  assert.equal(more.length, 0);
  assert.ok(refusal instanceof WrongRequest, String(refusal));
  assert.equal(refusal.code, 'approval-decided');
});

test('twin: without the lock the second believes that it may publish', async () => {
  const [refusal] = await approveTwice(false);
  assert.ok(refusal instanceof OurBug, String(refusal));
});
