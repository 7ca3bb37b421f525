import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { DrawAnswer } from '../../src/http/contract/activity-page.ts';
import { drawAtOnce } from '../support/crowd.ts';
import { publishActivity } from '../support/live-activity.ts';
import { PagePhone } from '../support/page-phone.ts';
import { startProcesses } from '../support/processes-world.ts';
import type { ProcessesWorld } from '../support/processes-world.ts';
import { eventually } from '../support/world.ts';

// crowd.ts brings a whole hall; the usual run has as many as fit beside the other tests.
const PEOPLE = Math.min(2000, Math.max(10, Number(process.env['CROWD_PEOPLE'] ?? 150)));
const PRIZES = Math.floor(PEOPLE / 5);
const LOST_SHARE = 0.3;

/** What a process called an error, the last lines of it. */
function faultsOf(said: string): string {
  const lines = said.split('\n').filter((line) => line.includes('"level":"error"'));
  return lines.slice(-3).join('\n').slice(-4000);
}

describe(`${PEOPLE} people who tap one activity's page in the same moment, at two processes`, () => {
  let world: ProcessesWorld;
  let slug: string;
  before(async () => {
    world = await startProcesses(['web', 'web', 'worker']);
    ({ slug } = await publishActivity(world.database.client, {
      trigger: { words: [], page: true },
      mechanic: { kind: 'lottery', blankTickets: 1 },
      prizes: [{ id: 'one-yuan', name: '一元红包', kind: 'red-packet', amountFen: 100, tickets: 3, stock: PRIZES }],
      limits: { drawsPerPerson: 1 },
    }));
  });
  after(async () => {
    await world.close();
  });

  it('all get their result, although every third connection is lost on the way, and each is one draw', async (context) => {
    const people = world.simulator.followers.addMany(PEOPLE).map(({ openid }) => openid);
    const doors = world.running.slice(0, 2).map(({ url }) => url);
    const results = await drawAtOnce({ people, slug, doors, lostShare: LOST_SHARE }).catch((cause: unknown) => {
      throw new Error(`the processes said:\n${world.running.map((each) => faultsOf(each.said())).join('\n')}`, {
        cause,
      });
    });
    const answers = results.map(({ answer }) => answer);
    const without = results.filter(({ answer }) => answer === null);
    assert.deepEqual([...new Set(without.map(({ trouble }) => trouble))], [], `${without.length} results are lost`);
    const ends = answers.map((answer) => JSON.parse(answer ?? '') as DrawAnswer);
    const refused = ends.filter(({ outcome }) => outcome === 'refused');
    // Whoever asks after the last prize has gone is told so; nobody is refused as if they had drawn before.
    assert.deepEqual(new Set(refused.map(({ why }) => why)).size <= 1, true);
    assert.equal(refused.filter(({ why }) => why === 'person-limit').length, 0, 'nobody drew twice');
    const lost = results.reduce((sum, { lost: times }) => sum + times, 0);
    assert.ok(lost >= PEOPLE * LOST_SHARE * 0.5, `${lost} connections were lost`);
    assert.equal(await world.one('select count(*) as n from draw'), PEOPLE);
    assert.equal(await world.one('select count(distinct openid) as n from draw'), PEOPLE);
    const won = ends.filter(({ outcome }) => outcome === 'won').length;
    assert.equal(won, PRIZES);
    assert.equal(await world.one('select count(*) as n from award'), PRIZES);
    const busy = results.reduce((sum, { busy: times }) => sum + times, 0);
    const took = results.map(({ tookMs }) => tookMs).sort((one, other) => one - other);
    context.diagnostic(
      `${PEOPLE} results, ${lost} connections lost, ${busy} told to wait, half within ${Math.round(took[PEOPLE >> 1] ?? 0)} ms, all within ${Math.round(took.at(-1) ?? 0)} ms`,
    );

    // Asked once more at the other process, each tap has the same answer.
    const again = results.filter((_, index) => index % 10 === 0);
    for (const { openid, token, answer } of again) {
      const phone = new PagePhone();
      phone.cookies.set('sim_openid', openid);
      await phone.walk(`${doors[1]}/a/${slug}`);
      assert.equal((await phone.draw(doors[1] ?? '', slug, token)).text, answer);
    }
    assert.equal(await world.one('select count(*) as n from draw'), PEOPLE);
  });

  it('are all paid once, and the books agree with WeChat Pay’s', async () => {
    await eventually('every packet', () => world.simulator.books.packets().length === PRIZES, 60_000);
    await eventually(
      'every send to be recorded',
      async () => (await world.one(`select count(*) as n from payout where state <> 'sent'`)) === 0,
    );
    for (const times of world.simulator.books.paidCountByNumber.values()) assert.equal(times, 1);
    await world.compareBooks();
  });
});
