import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Openid } from '../../src/base/ids.ts';
import { runCommand } from '../../src/cli.ts';
import type { LiveActivity } from '../../src/flows/ports/draws.ts';
import { createPseudonyms } from '../../src/store/account/pseudonyms.ts';
import { createDrawStore } from '../../src/store/draw-store.ts';
import { somebody } from '../support/builders.ts';
import { ARCHIVE_KEY, Caller, startConsole } from '../support/console.ts';
import type { TestConsole } from '../support/console.ts';
import { batcherOver, messageKey } from '../support/draws.ts';
import { publishActivity } from '../support/live-activity.ts';

let server: TestConsole;
let activity: LiveActivity;
let folder: string;
let file: string;
const people: readonly Openid[] = [somebody(), somebody(), somebody()];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archive-'));
  server = await startConsole();
  activity = await publishActivity(server.database.client, {
    packet: { wishing: '恭喜发财', activityName: '新年活动', remark: '抽奖红包', sceneId: 'PRODUCT_1' },
    prizes: [{ id: 'top', name: '大奖', kind: 'red-packet', amountFen: 60_000, tickets: 1, stock: 2 }],
  });
  const batcher = batcherOver(createDrawStore(server.pool));
  for (const openid of people) {
    await batcher.draw({ activity, openid, key: messageKey(openid), way: 'page', render: (text) => text });
  }
  file = join(folder, 'spring.archive');
});
after(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const recordsOf = (text: string): readonly Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line.slice(65)) as Record<string, unknown>);

const env = () => ({ DATABASE_URL: server.database.url, SECRETS_KEY: ARCHIVE_KEY.toString('base64') });

describe('the archive of an activity', () => {
  test('holds rules, announcements, draws, awards, payouts and books, and nobody’s openid', async () => {
    const made = await runCommand(['archive', activity.slug, file], env());
    assert.deepEqual(made.faults, []);
    const text = await readFile(file, 'utf8');
    const records = recordsOf(text);
    const count = (kind: string) => records.filter((one) => one['kind'] === kind).length;
    assert.deepEqual(['activity', 'version', 'draw', 'award', 'payout', 'end'].map(count), [1, 1, 3, 2, 2, 1]);
    assert.ok(count('book-entry') >= 2);
    const announced = records.filter((one) => one['kind'] === 'announcement').map((one) => one['of']);
    assert.deepEqual(announced, ['rules', 'winner', 'winner']);
    for (const openid of people) assert.ok(!text.includes(openid), 'an openid stands in the archive');
    const [first] = people;
    assert.ok(first !== undefined);
    const pseudonym = createPseudonyms(ARCHIVE_KEY).of({ account: activity.accountId, openid: first });
    assert.equal(records.filter((one) => one['kind'] === 'draw' && one['person'] === pseudonym).length, 1);
  });

  test('is verified by its file and seal, and a changed award is named', async () => {
    const made = await runCommand(['archive', activity.slug, file], env());
    const seal = /[0-9a-f]{64}/.exec(made.lines.join('\n'))?.[0] ?? '';
    const good = await runCommand(['verify-archive', file, seal], {});
    assert.deepEqual([good.code, good.faults], [0, []]);
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace(/("kind":"award".*"amountFen"\s*:\s*)60000/, '$170000'));
    const bad = await runCommand(['verify-archive', file, seal], {});
    assert.equal(bad.code, 1);
    assert.match(bad.faults.join('\n'), /^DIFFERENCE in line \d+: award [0-9a-f]{32} was changed/);
    assert.equal((await runCommand(['verify-archive', file, 'short'], {})).code, 1);
    assert.equal((await runCommand(['archive', 'nowhere', file], env())).code, 1);
  });

  test('is downloaded from the console by who may export, and by nobody else', async () => {
    const download = async (caller: Caller) =>
      fetch(`${server.url}/api/console/activities/${activity.id}/archive`, {
        headers: { cookie: caller.cookie },
        signal: AbortSignal.timeout(10_000),
      });
    const answer = await download(await new Caller(server).logIn('owner', 'anna'));
    assert.match(answer.headers.get('content-disposition') ?? '', /\.archive/);
    assert.equal(recordsOf(await answer.text()).at(-1)?.['kind'], 'end');
    assert.equal((await download(await new Caller(server).logIn('support', 'sam'))).status, 403);
  });
});
