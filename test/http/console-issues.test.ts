import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { after, before, test } from 'node:test';
import type { Role } from '../../src/flows/ports/operators.ts';
import { buildAccount } from '../support/builders.ts';
import { Caller, startConsole, statusesOf } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { xlsxFile } from '../support/xlsx-file.ts';

const ISSUES = '/accounts/main/issues';
const PACKET = { wishing: '感谢支持', activityName: '老客回馈', remark: '名单发放' };
const CSV = { 'content-type': 'text/csv' };

let server: TestConsole;
const callers = {} as Record<Role, Caller>;

before(async () => {
  server = await startConsole();
  await buildAccount(server.database.client);
  for (const role of ['owner', 'operator', 'finance', 'support', 'viewer'] as const) {
    callers[role] = await new Caller(server).logIn(role);
  }
});
after(() => server.close());

async function made(): Promise<string> {
  const body = { name: '老客回馈', packet: PACKET, defaultAmountFen: 100 };
  const answer = await callers.operator.post(ISSUES, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.deepEqual([answer.body.state, answer.body.lines, answer.body.linesPerMinute], ['empty', null, 1200]);
  return String(answer.body.id);
}

async function download(caller: Caller, path: string): Promise<string> {
  const answer = await fetch(`${server.url}/api/console${path}`, { headers: { cookie: caller.cookie } });
  assert.equal(answer.status, 200);
  return answer.text();
}

async function upload(id: string, bytes: Uint8Array<ArrayBuffer>) {
  const answer = await fetch(`${server.url}/api/console${ISSUES}/${id}/file`, {
    method: 'POST',
    headers: { cookie: callers.operator.cookie, origin: server.url, ...CSV },
    body: bytes,
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

function person(number: number): string {
  return `oHttp${String(number).padStart(23, '0')}`;
}

test('a file is read, its faults are downloaded, and what is shown is confirmed', async () => {
  const id = await made();
  const file = `${person(1)},1.5,谢谢\n=cmd|calc\n${person(2)}\n${person(1)}\n`;
  const read = await callers.operator.send('POST', `${ISSUES}/${id}/file?name=%E5%90%8D%E5%8D%95.csv`, file, CSV);
  assert.equal(read.status, 200, JSON.stringify(read.body));
  const { state, lines, faulty, people, amountFen, fileName } = read.body;
  assert.deepEqual([state, lines, faulty, people, amountFen, fileName], ['prepared', 4, 2, 2, 250, '名单.csv']);
  const rows = await callers.support.get(`${ISSUES}/${id}/lines?only=faulty`);
  assert.deepEqual(
    rows.body.rows.map((row: { line: number; fault: string }) => [row.line, row.fault]),
    [
      [2, 'openid-malformed'],
      [4, 'duplicate'],
    ],
  );
  const faults = await download(callers.support, `${ISSUES}/${id}/faults.csv`);
  assert.match(faults, /2,openid-malformed,openid 格式不正确,'=cmd\|calc\r\n/);
  const changed = await callers.operator.post(`${ISSUES}/${id}/confirm`, { people: 3, amountFen: 250 });
  assert.deepEqual([changed.status, changed.body.code], [409, 'issue-changed']);
  const confirmed = await callers.operator.post(`${ISSUES}/${id}/confirm`, { people: 2, amountFen: 250 });
  assert.deepEqual([confirmed.status, confirmed.body.state], [200, 'running']);
  const report = await download(callers.finance, `${ISSUES}/${id}/report.csv`);
  assert.match(report, new RegExp(`1,${person(1)},1\\.50,谢谢,open,,\r\n`));
});

test('a spreadsheet is one whatever the browser calls it, and nothing of an upload is left on disk', async () => {
  const uploads = async () => (await readdir(tmpdir())).filter((name) => /^hongbao-.*\.upload$/.test(name));
  const lyingAbout = await uploads();
  const id = await made();
  const sheet = xlsxFile([
    ['openid', '金额'],
    [person(3), 2],
  ]);
  const read = await upload(id, new Uint8Array(sheet));
  assert.deepEqual([read.status, read.body.people, read.body.amountFen], [200, 1, 200]);
  const broken = await upload(id, new Uint8Array(sheet.subarray(0, 300)));
  assert.deepEqual([broken.status, broken.body.code], [400, 'file-not-spreadsheet']);
  assert.equal((await callers.viewer.get(`${ISSUES}/${id}`)).body.state, 'empty');
  assert.deepEqual(await uploads(), lyingAbout);
});

test('a batch that is worth much waits for somebody who may approve', async () => {
  const id = await made();
  const file = Array.from({ length: 10 }, (_, index) => `${person(100 + index)},150`).join('\n');
  await callers.operator.send('POST', `${ISSUES}/${id}/file`, file, CSV);
  const asked = await callers.operator.post(`${ISSUES}/${id}/confirm`, { people: 10, amountFen: 150_000 });
  assert.deepEqual([asked.body.state, asked.body.approvalAboveFen], ['asked', 100_000]);
  assert.equal((await callers.operator.post(`${ISSUES}/${id}/decide`, { approve: true })).status, 403);
  const [waiting] = (await callers.finance.get('/approvals')).body.issues;
  assert.deepEqual([waiting.id, waiting.people, waiting.amountFen, waiting.own], [id, 10, 150_000, false]);
  assert.equal((await callers.operator.get('/approvals')).body.issues[0].own, true);
  const approved = await callers.finance.post(`${ISSUES}/${id}/decide`, { approve: true });
  assert.equal(approved.body.state, 'running');
  assert.deepEqual((await callers.finance.get('/approvals')).body.issues, []);
  assert.equal((await callers.operator.post(`${ISSUES}/${id}/turn`, { to: 'pause' })).body.state, 'paused');
  assert.equal((await callers.viewer.post(`${ISSUES}/${id}/turn`, { to: 'resume' })).status, 403);
});

test('a trial to oneself is small, never approved by who asked, and three at most wait', async () => {
  const path = '/accounts/main/trial-packets';
  const openid = person(900);
  const { owner, finance } = callers;
  assert.equal((await owner.post('/accounts/none/trial-packets', { openid })).body.code, 'account-not-found');
  assert.equal((await owner.post(path, { openid, amountFen: 1001 })).body.code, 'request-invalid');
  const small = await owner.post(path, { openid, amountFen: 1 });
  assert.deepEqual([small.body.code, small.body.faults[0].path], ['trial-faulty', 'amountFen']);
  assert.deepEqual((await owner.post(path, { openid: '我' })).body.faults[0].path, 'openid');
  const asked = [];
  for (let count = 0; count < 3; count += 1) asked.push((await owner.post(path, { openid })).body);
  assert.deepEqual(
    asked.map(({ state, amountFen, own, openid: shown }) => [state, amountFen, own, shown === openid]),
    Array.from({ length: 3 }, () => ['asked', 100, true, false]),
  );
  assert.equal((await owner.post(path, { openid })).body.code, 'trials-waiting');
  const [first, second, third] = asked.map(({ id }) => `${ISSUES}/${id}`);
  assert.deepEqual((await owner.post(`${first}/decide`, { approve: true })).body.code, 'issue-own');
  assert.equal((await finance.post(`${first}/decide`, { approve: false })).body.state, 'refused');
  assert.equal((await owner.post(`${second}/turn`, { to: 'cancel' })).body.state, 'cancelled');
  assert.equal((await finance.post(`${third}/decide`, { approve: true })).body.state, 'running');
  const { rows } = (await callers.viewer.get(path)).body;
  assert.deepEqual(
    rows.map(({ state }: { state: string }) => state),
    ['running', 'cancelled', 'refused'],
  );
  const names = (await owner.get('/activities')).body.activities.map(({ name }: { name: string }) => name);
  assert.ok(!names.includes('试发红包（测试）'));
});

test('batches, trials and activities come page by page, each once', async () => {
  for (const [path, name] of [
    [ISSUES, 'rows'],
    ['/accounts/main/trial-packets', 'rows'],
    ['/activities', 'activities'],
  ] as const) {
    const whole = (await callers.owner.get(`${path}?limit=200`)).body[name].map(({ id }: { id: string }) => id);
    const found: string[] = [];
    for (let next: string | null = ''; next !== null;) {
      const { status, body } = await callers.owner.get(`${path}?limit=1${next === '' ? '' : `&after=${next}`}`);
      assert.equal(status, 200, JSON.stringify(body));
      found.push(...body[name].map(({ id }: { id: string }) => id));
      next = body.next;
    }
    assert.ok(name === 'activities' || whole.length > 1, path);
    assert.deepEqual(found, whole, path);
    assert.equal((await callers.owner.get(`${path}?after=x`)).body.code, 'cursor-invalid');
  }
});

test('of approvers in the same moment one has it sent, and the others are told', async () => {
  const approvers = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) => new Caller(server).logIn('finance', `races-${name}`)),
  );
  for (let round = 0; round < 4; round += 1) {
    const asked = await callers.owner.post('/accounts/main/trial-packets', { openid: person(950) });
    const { id, activityId } = asked.body;
    const gate = Promise.withResolvers<void>();
    const runs = approvers.map(async (caller) => {
      await gate.promise;
      return caller.post(`${ISSUES}/${id}/decide`, { approve: true });
    });
    gate.resolve();
    assert.deepEqual(statusesOf(await Promise.all(runs)), [200, 409, 409, 409]);
    const written = await server.pool.query(
      `select (select count(*)::int from rule_version where account_id = 'main' and activity_id = $1) as versions,
        (select sum(amount_fen)::int from book_entry where account_id = 'main' and activity_id = $1) as fen`,
      [activityId],
    );
    assert.deepEqual(written.rows, [{ versions: 1, fen: 100 }]);
  }
});

test('an unknown account or batch is told apart from a faulty one', async () => {
  const body = { name: 'x', packet: PACKET };
  assert.equal((await callers.operator.post('/accounts/nobody/issues', body)).body.code, 'account-not-found');
  assert.equal((await callers.operator.get(`${ISSUES}/zz`)).body.code, 'issue-not-found');
  const long = { ...PACKET, activityName: '很长'.repeat(10) };
  const faulty = await callers.operator.post(ISSUES, { name: 'x', packet: long });
  assert.deepEqual([faulty.status, faulty.body.code], [400, 'rule-faulty']);
  assert.equal((await callers.viewer.get(ISSUES)).status, 200);
});
