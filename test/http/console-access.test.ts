import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createOperatorWithSetUpLink } from '../../src/store/operator-store.ts';
import { buildAccount } from '../support/builders.ts';
import { codeOf, finishSetUp, GOOD_PASSWORD, setUpOperator } from '../support/console-credentials.ts';
import { Caller, startConsole, statusesOf } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';

let server: TestConsole;
before(async () => {
  server = await startConsole();
  await buildAccount(server.database.client);
});
after(() => server.close());
// One address for all tests: what one of them got wrong is not held against the next.
beforeEach(() => server.database.client.query('delete from login_attempt'));

const tokenIn = (link: string): string => new URL(link).searchParams.get('token') ?? '';

test('a set-up link leads to a session, and then name, password and code do', async () => {
  const { caller, totpSecret, recoveryCodes } = await setUpOperator(server, 'anna');
  assert.equal((await caller.get('/me')).body.operator.name, 'anna');
  assert.equal(recoveryCodes.length, 10);
  const again = new Caller(server);
  const signed = await again.post('/sign-in', { name: 'anna', password: GOOD_PASSWORD, code: codeOf(totpSecret) });
  assert.equal(signed.status, 200, JSON.stringify(signed.body));
  assert.match(signed.cookie ?? '', /^console_session=[\w-]{43}; .*HttpOnly; SameSite=Strict$/);
});

test('a code is good once, the one the set-up took included', async () => {
  const { totpSecret } = await setUpOperator(server, 'replay');
  const signIn = (code: string) =>
    new Caller(server).post('/sign-in', { name: 'replay', password: GOOD_PASSWORD, code });
  assert.equal((await signIn(codeOf(totpSecret, -1))).body.code, 'log-in-refused');
  const code = codeOf(totpSecret);
  const raced = await Promise.all(Array.from({ length: 4 }, () => signIn(code)));
  assert.deepEqual(statusesOf(raced), [200, 401, 401, 401]);
});

test('a recovery code logs in once, however it is spaced', async () => {
  const { recoveryCodes } = await setUpOperator(server, 'recover');
  const code = (recoveryCodes[3] ?? '').replaceAll('-', ' ').toUpperCase();
  const words = { name: 'recover', password: GOOD_PASSWORD, code };
  assert.equal((await new Caller(server).post('/sign-in', words)).status, 200);
  assert.equal((await new Caller(server).post('/sign-in', words)).status, 401);
  const stored = await server.pool.query('select code_hash from operator_recovery_code');
  assert.ok(!JSON.stringify(stored.rows).includes(recoveryCodes[0] ?? ''));
});

test('whatever was wrong, the answer is the same', async () => {
  const { totpSecret } = await setUpOperator(server, 'same');
  const wrong = [
    { name: 'nobody', password: GOOD_PASSWORD, code: codeOf(totpSecret) },
    { name: 'same', password: 'something else', code: codeOf(totpSecret) },
    { name: 'same', password: GOOD_PASSWORD, code: '12345' },
    { name: 'same', password: GOOD_PASSWORD, code: 'abcd-efgh-2345-6789' },
  ];
  const answers = [];
  for (const words of wrong) {
    const { status, body } = await new Caller(server).post('/sign-in', words);
    answers.push(JSON.stringify([status, body]));
  }
  assert.equal(new Set(answers).size, 1, answers.join('\n'));
  assert.match(answers[0] ?? '', /^\[401,{"code":"log-in-refused"/);
});

test('after five failures a name has to wait, known or not, and a race gets no more tries', async () => {
  const { totpSecret } = await setUpOperator(server, 'locked');
  for (const name of ['locked', 'nobody-knows']) {
    await server.database.client.query('delete from login_attempt');
    const tries = Array.from({ length: 12 }, () =>
      new Caller(server).post('/sign-in', { name, password: 'wrong', code: '000000' }),
    );
    const answers = await Promise.all(tries);
    assert.equal(answers.filter(({ status }) => status === 401).length, 5, name);
    const waiting = answers.find(({ status }) => status === 429);
    assert.equal(waiting?.body.code, 'too-many-attempts');
    assert.ok(waiting.body.retryAfterSeconds > 20 && waiting.body.retryAfterSeconds <= 32);
  }
  const right = { name: 'locked', password: GOOD_PASSWORD, code: codeOf(totpSecret) };
  await server.database.client.query('delete from login_attempt');
  for (let time = 0; time < 5; time += 1) {
    await new Caller(server).post('/sign-in', { ...right, password: 'wrong' });
  }
  assert.equal((await new Caller(server).post('/sign-in', right)).status, 429);
  await server.pool.query(`update login_attempt set locked_until = locked_until - interval '31 seconds'`);
  assert.equal((await new Caller(server).post('/sign-in', { ...right, password: 'wrong' })).status, 401);
  const waits = await server.pool.query<{ seconds: number }>(
    `select extract(epoch from locked_until - last_at)::float8 as seconds from login_attempt where key = 'name:locked'`,
  );
  assert.equal(waits.rows[0]?.seconds, 60);
  await server.pool.query(`update login_attempt set locked_until = locked_until - interval '61 seconds'`);
  assert.equal((await new Caller(server).post('/sign-in', right)).status, 200);
  const left = await server.pool.query(`select failures from login_attempt where key = 'name:locked'`);
  assert.equal(left.rowCount, 0);
});

test('an address has to wait after twenty failures of whatever names', async () => {
  const statuses: number[] = [];
  for (let time = 0; time < 21; time += 1) {
    const { status } = await new Caller(server).post('/sign-in', { name: `guess-${time}`, password: 'x', code: '1' });
    statuses.push(status);
  }
  assert.deepEqual(statuses, [...Array<number>(20).fill(401), 429]);
});

test('weak passwords and wrong codes are refused with the reason, and the link stays good', async () => {
  const { token } = await createOperatorWithSetUpLink({ pool: server.pool, name: 'Weak Li', nowMs: Date.now() });
  const begun = (await new Caller(server).post('/set-up/begin', { token })).body;
  assert.deepEqual((await new Caller(server).post('/set-up/begin', { token })).body, begun);
  assert.match(begun.totpUri, /^otpauth:\/\/totp\/Hongbao:Weak(%20|\+)Li\?/);
  assert.match(begun.qrSvg, /^<svg /);
  const finish = (password: string, code = codeOf(begun.totpSecret)) =>
    new Caller(server).post('/set-up/finish', { token, password, code });
  for (const password of ['short', 'Password123', '1234567890', 'aaaaaaaaaaaa', 'xx weakli 2026', 'x'.repeat(201)]) {
    const { status, body } = await finish(password);
    assert.deepEqual([status, body.code, body.faults[0].path], [400, 'password-weak', 'password'], password);
  }
  assert.equal((await finish(GOOD_PASSWORD, '000000')).body.code, 'code-wrong');
  const raced = await Promise.all(Array.from({ length: 4 }, () => finish(GOOD_PASSWORD)));
  assert.deepEqual(statusesOf(raced), [200, 401, 401, 401]);
  assert.equal((await new Caller(server).post('/set-up/begin', { token })).body.code, 'set-up-link-invalid');
});

test('sessions are listed with place and browser, and end one by one or with the password', async () => {
  const { caller, totpSecret } = await setUpOperator(server, 'several');
  const phone = new Caller(server);
  const words = { name: 'several', password: GOOD_PASSWORD };
  await phone.send('POST', '/sign-in', { ...words, code: codeOf(totpSecret) }, { 'user-agent': 'Phone/1' });
  const { sessions } = (await caller.get('/sessions')).body;
  assert.equal(sessions.length, 2);
  const theirs = sessions.find((session: { own: boolean }) => !session.own);
  assert.deepEqual([theirs.browser, theirs.address.replace('::ffff:', '')], ['Phone/1', '127.0.0.1']);
  const stranger = await new Caller(server).logIn('owner', 'stranger');
  assert.equal((await stranger.send('DELETE', `/sessions/${theirs.id}`)).status, 404);
  assert.equal((await caller.send('DELETE', `/sessions/${theirs.id}`)).status, 200);
  assert.equal((await phone.get('/me')).status, 401);

  await server.database.client.query('delete from login_attempt');
  const other = new Caller(server);
  const code = codeOf(totpSecret, 1);
  assert.equal((await other.post('/sign-in', { ...words, code })).status, 200);
  await server.pool.query(`update operator set totp_last_step = totp_last_step - 5 where name = 'several'`);
  const change = { password: GOOD_PASSWORD, newPassword: 'another long phrase', code };
  assert.equal(
    (await caller.post('/password', { ...change, newPassword: 'several123456' })).body.code,
    'password-weak',
  );
  assert.equal((await caller.post('/password', { ...change, password: 'wrong' })).status, 401);
  assert.equal((await caller.post('/password', change)).status, 200);
  assert.equal((await other.get('/me')).status, 401);
  assert.equal((await caller.get('/me')).status, 200);
});

test('an owner makes, changes, disables and resets others, never the last owner and never themselves', async () => {
  await server.pool.query(`update operator set disabled_at = '2026-11-01T00:00:00Z'`);
  const boss = await new Caller(server).logIn('owner', 'boss');
  const made = await boss.post('/operators', { name: 'Xiao Wang', role: 'finance' });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  assert.equal((await boss.post('/operators', { name: 'Xiao Wang', role: 'viewer' })).body.code, 'operator-name-taken');
  const wang = await finishSetUp(server, tokenIn(made.body.setUpLink));
  assert.equal((await wang.caller.get('/me')).body.operator.role, 'finance');
  assert.equal((await wang.caller.get('/operators')).status, 403);

  const { operators } = (await boss.get('/operators')).body;
  const idOf = (name: string): string => operators.find((one: { name: string }) => one.name === name).id;
  const own = idOf('boss');
  assert.equal((await boss.send('PATCH', `/operators/${own}`, { role: 'viewer' })).body.code, 'operator-own');
  assert.equal((await boss.post(`/operators/${own}/reset`)).body.code, 'operator-own');

  const path = `/operators/${idOf('Xiao Wang')}`;
  assert.equal((await boss.send('PATCH', path, { role: 'owner' })).status, 200);
  assert.equal((await wang.caller.get('/me')).status, 401);
  const second = new Caller(server);
  const words = { name: 'Xiao Wang', password: GOOD_PASSWORD };
  assert.equal((await second.post('/sign-in', { ...words, code: codeOf(wang.totpSecret) })).status, 200);
  const raced = await Promise.all([
    boss.send('PATCH', path, { role: 'viewer' }),
    second.send('PATCH', `/operators/${own}`, { disabled: true }),
  ]);
  const owners = await server.pool.query(`select 1 from operator where role = 'owner' and disabled_at is null`);
  assert.equal(owners.rowCount, 1, JSON.stringify(raced));
});

test('disabled is out at once, reset needs a new set-up', async () => {
  const boss = await new Caller(server).logIn('owner', 'chief');
  const { caller, totpSecret } = await setUpOperator(server, 'leaves', 'operator');
  const line = (await boss.get('/operators')).body.operators.find((one: { name: string }) => one.name === 'leaves');
  assert.deepEqual([line.ready, line.sessions, line.disabledAtMs], [true, 1, null]);
  await boss.send('PATCH', `/operators/${line.id}`, { disabled: true });
  assert.equal((await caller.get('/me')).status, 401);
  const words = { name: 'leaves', password: GOOD_PASSWORD, code: codeOf(totpSecret) };
  assert.equal((await new Caller(server).post('/sign-in', words)).status, 401);
  await boss.send('PATCH', `/operators/${line.id}`, { disabled: false });
  const { setUpLink } = (await boss.post(`/operators/${line.id}/reset`)).body;
  assert.equal((await new Caller(server).post('/sign-in', words)).status, 401);
  const again = await finishSetUp(server, tokenIn(setUpLink));
  assert.notEqual(again.totpSecret, totpSecret);
});

test('no password, code, secret or token is logged', async () => {
  const { totpSecret, recoveryCodes, caller } = await setUpOperator(server, 'quiet');
  await new Caller(server).post('/sign-in', { name: 'quiet', password: GOOD_PASSWORD, code: codeOf(totpSecret) });
  const said = JSON.stringify(server.log.lines);
  const trail = JSON.stringify((await server.pool.query('select detail from audit_entry')).rows);
  for (const secret of [GOOD_PASSWORD, totpSecret, recoveryCodes[0] ?? '', caller.cookie.split('=')[1] ?? '']) {
    assert.ok(!said.includes(secret) && !trail.includes(secret));
  }
});
