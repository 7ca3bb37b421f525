import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { eventually, startWorld } from '../support/world.ts';
import type { World } from '../support/world.ts';

/** A phone's browser without a screen: follows redirects by hand and keeps the cookies of each origin. */
class Phone {
  readonly #cookies = new Map<string, Map<string, string>>();
  readonly visited: string[] = [];

  constructor(simulator: string, openid: string) {
    // Who holds the phone, as the pretend WeChat knows it.
    this.#cookies.set(new URL(simulator).origin, new Map([['sim_openid', openid]]));
  }

  async get(url: string): Promise<Response> {
    let address = url;
    for (let hops = 0; hops < 8; hops += 1) {
      this.visited.push(address);
      const answer = await this.fetch(address, {});
      const location = answer.headers.get('location');
      if (location === null) return answer;
      address = new URL(location, address).href;
    }
    throw new Error(`more than 8 redirects: ${this.visited.join(' -> ')}`);
  }

  async fetch(url: string, init: RequestInit): Promise<Response> {
    const { origin } = new URL(url);
    const jar = this.#cookies.get(origin) ?? new Map<string, string>();
    this.#cookies.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { ...init, redirect: 'manual', headers: { ...init.headers, cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [name, ...value] = (line.split(';')[0] ?? '').split('=');
      if (name !== undefined) jar.set(name, value.join('='));
    }
    return answer;
  }
}

describe('the activity page', () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(async () => {
    await world.close();
  });

  function draw(phone: Phone, token: string): Promise<Response> {
    return phone.fetch(`${world.publicUrl}/api/a/spring/draw`, {
      method: 'POST',
      headers: { origin: world.publicUrl, 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
  }

  it('authorizes, draws, and a double tap is one draw; what is won is paid and the books agree', async () => {
    const { openid } = world.simulator.followers.add();
    const phone = new Phone(world.simulator.httpUrl, openid);
    const page = await phone.get(`${world.publicUrl}/a/spring`);
    assert.equal(page.status, 200);
    const html = await page.text();
    assert.match(html, /新春抽奖/);
    assert.ok(!html.includes(openid), 'no openid in the page');
    assert.ok(
      phone.visited.every((address) => !address.includes(openid)),
      'no openid in an address',
    );
    assert.ok(!(phone.visited.at(-1) ?? '').includes('code='), 'no code in the last address');

    let won = 0;
    for (let taps = 0; taps < 10; taps += 1) {
      const token = randomBytes(16).toString('hex');
      const answers = await Promise.all([draw(phone, token), draw(phone, token), draw(phone, token)]);
      const bodies = await Promise.all(answers.map((answer) => answer.text()));
      assert.deepEqual(
        answers.map((answer) => answer.status),
        [200, 200, 200],
      );
      assert.equal(new Set(bodies).size, 1, 'the same tap has the same answer');
      if ((JSON.parse(bodies[0] ?? '{}') as { outcome: string }).outcome === 'won') won += 1;
    }
    const { rows } = await world.database.client.query<{ draws: number; wins: number }>(
      `select count(*)::int as draws, (count(*) filter (where outcome = 'won'))::int as wins from draw where openid = $1`,
      [openid],
    );
    assert.deepEqual(rows[0], { draws: 10, wins: won });
    await eventually('every packet', () => world.simulator.books.packets().length === won);
    await eventually('every payout recorded', async () => {
      const waiting = await world.database.client.query(`select 1 from payout where state <> 'sent'`);
      return waiting.rowCount === 0;
    });
    await world.compareBooks();
  });

  it('gives nobody a draw without a session, from another site, or without a real token', async () => {
    const phone = new Phone(world.simulator.httpUrl, world.simulator.followers.add().openid);
    assert.equal((await draw(phone, randomBytes(16).toString('hex'))).status, 401);
    await phone.get(`${world.publicUrl}/a/spring`);
    assert.equal((await draw(phone, 'x')).status, 400);
    const foreign = await phone.fetch(`${world.publicUrl}/api/a/spring/draw`, {
      method: 'POST',
      headers: { origin: 'https://elsewhere.example', 'content-type': 'application/json' },
      body: JSON.stringify({ token: randomBytes(16).toString('hex') }),
    });
    assert.equal(foreign.status, 403);
  });
});
