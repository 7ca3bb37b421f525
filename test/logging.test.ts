import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createLogger } from '../src/logging.ts';

function paper() {
  const written: string[] = [];
  let flushes = 0;
  const target = { write: (lines: string) => void written.push(lines), flush: () => void (flushes += 1) };
  const last = (): Record<string, unknown> => JSON.parse(written.at(-1) ?? '{}') as Record<string, unknown>;
  return { target, written, last, flushes: () => flushes };
}

/** Runs a process that logs by `logger`. */
function run(program: string) {
  const logging = fileURLToPath(new URL('../src/logging.ts', import.meta.url));
  const whole = `import { createLogger } from '${logging}'; const logger = createLogger('info'); ${program}`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', whole], { encoding: 'utf8' });
}

test('secrets are cut out wherever they stand, and what was given is left as it was', () => {
  const { target, last } = paper();
  const logger = createLogger('debug', target);
  const merchant = { apiKey: 'k', mchId: '1', keys: { privateKeyPem: 'p', serial: 's' } };
  const given = { account: 'main', token: 't', cookie: 'c', merchant, list: [{ appSecret: 'x', appId: 'wx' }] };
  logger.info(given, 'something');
  const { at, ...line } = last();
  assert.match(String(at), /^\d{4}-\d\d-\d\dT.*Z$/);
  assert.deepEqual(line, {
    level: 'info',
    account: 'main',
    merchant: { mchId: '1', keys: { serial: 's' } },
    list: [{ appId: 'wx' }],
    event: 'something',
  });
  assert.equal(given.merchant.apiKey, 'k');
});

test('lines below the level are not written', () => {
  const { target, written } = paper();
  const logger = createLogger('warn', target);
  logger.info({}, 'unheard');
  logger.debug({}, 'unheard');
  assert.equal(written.length, 0);
});

test('a line is out at once, one that may wait within a moment', async () => {
  const { target, flushes } = paper();
  const logger = createLogger('debug', target);
  logger.info({}, 'one', 'soon');
  logger.info({}, 'two', 'soon');
  assert.equal(flushes(), 0);
  await sleep(120);
  assert.equal(flushes(), 1);
  logger.debug({}, 'three');
  logger.info({}, 'four');
  logger.warn({}, 'five');
  logger.error({}, 'six');
  assert.equal(flushes(), 5);
});

test('what was written before a process is killed is there, as the log names packets that are about to be paid', () => {
  const { stdout, signal } = run(`logger.info({ n: 1 }, 'calling'); process.kill(process.pid, 'SIGKILL');`);
  assert.equal(signal, 'SIGKILL');
  assert.match(stdout, /"n":1,"event":"calling"/);
});

test('a process that ends leaves no line behind, also when it ends by an error', () => {
  for (const ending of ['process.exit(0)', 'throw new Error("our bug")']) {
    const { stdout } = run(`logger.info({ n: 1 }, 'last words', 'soon'); ${ending};`);
    assert.match(stdout, /"n":1,"event":"last words"/);
  }
});
