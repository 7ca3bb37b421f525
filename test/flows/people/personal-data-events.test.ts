import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { RequestKey } from '../../../src/base/ids.ts';
import { createErasePerson } from '../../../src/flows/people/erase-person.ts';
import { createPersonalDataEvents } from '../../../src/flows/people/personal-data-events.ts';
import type { Account } from '../../../src/flows/ports/accounts.ts';
import type { PersonKey } from '../../../src/flows/ports/followers.ts';
import type { PersonalDataEvent } from '../../../src/flows/ports/message-events.ts';
import { createErasureStore } from '../../../src/store/account/erasure-store.ts';
import { createFollowerBook } from '../../../src/store/account/follower-book.ts';
import { openErasureWorld } from '../../support/erasure-world.ts';
import type { ErasureWorld } from '../../support/erasure-world.ts';
import { quietLogger } from '../../support/quiet-logger.ts';

const APP_ID = 'wx0000000000000001';
const PLATFORM = 'oPlatform00000000000000000001';

let world: ErasureWorld;
let account: Account;
let person: PersonKey;
let logger: ReturnType<typeof quietLogger>;
before(async () => {
  world = await openErasureWorld();
});
after(() => world.close());
beforeEach(async () => {
  const activity = await world.activity();
  account = { id: activity.accountId, appId: APP_ID } as Account;
  person = world.person(activity);
  logger = quietLogger();
  await world.follow(person);
  await book().profileSeen(person, { nickname: '小王', pictureUrl: null }, world.clock.nowMs);
});

const book = () => createFollowerBook(world.pool, world.pseudonyms);

function handle(changes: Partial<PersonalDataEvent>): Promise<void> {
  const erasures = createErasureStore(world.pool, world.pseudonyms);
  const clock = { nowMs: () => world.clock.nowMs };
  const erasePerson = createErasePerson({ erasures, clock, logger });
  return createPersonalDataEvents({ erasePerson, followers: book(), logger }).handle(account, {
    kind: 'event',
    key: `e:1:${PLATFORM}` as RequestKey,
    toUser: 'gh_0123456789ab',
    fromUser: PLATFORM as PersonalDataEvent['fromUser'],
    createTimeSeconds: 1,
    name: changes.event ?? 'user_authorization_revoke',
    eventKey: '',
    event: 'user_authorization_revoke',
    person: person.openid,
    appId: APP_ID,
    unionId: null,
    revoked: [],
    ...changes,
  });
}
const profile = async (): Promise<string | undefined> => (await book().profileOf(person))?.nickname;
const isKnown = async (): Promise<boolean> => (await world.mentions(person.openid)).length > 0;

test('a withdrawn name and picture are forgotten, and the follow is not', async () => {
  await handle({ revoked: ['201', '205'] });
  assert.equal(await profile(), undefined);
  assert.ok(await isKnown());
});

test('what was withdrawn and never kept here changes nothing', async () => {
  await handle({ revoked: ['201', '206'] });
  assert.equal(await profile(), '小王');
});

test('a withdrawal that names nothing is taken for one of everything', async () => {
  await handle({ revoked: [] });
  assert.equal(await profile(), undefined);
});

test('a changed name is forgotten, so that it is asked for anew', async () => {
  await handle({ event: 'user_info_modified' });
  assert.equal(await profile(), undefined);
});

test('who cancels is erased, told once or thrice', async () => {
  await handle({ event: 'user_authorization_cancellation' });
  await handle({ event: 'user_authorization_cancellation' });
  assert.equal(await isKnown(), false);
  const found = await createErasureStore(world.pool, world.pseudonyms).find(person);
  assert.deepEqual([found?.state, found?.reason, found?.requestedBy], ['finished', 'withdrawn', 'wechat']);
});

test('an event of another app, or about nobody, changes nothing and is warned of', async () => {
  for (const event of ['user_info_modified', 'user_authorization_revoke', 'user_authorization_cancellation'] as const) {
    await handle({ event, appId: 'wx9999999999999999' });
    await handle({ event, appId: null });
    await handle({ event, person: null });
  }
  assert.equal(await profile(), '小王');
  assert.equal(
    logger.lines.filter(({ event, level }) => level === 'warn' && event === 'personal-data-event-of-nobody-here')
      .length,
    9,
  );
});

test('no line of the log has the whole openid', async () => {
  await handle({ event: 'user_authorization_cancellation' });
  assert.ok(logger.lines.length >= 2);
  assert.ok(!JSON.stringify(logger.lines).includes(person.openid));
});
