import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startSimulator } from '../../src/simulator/simulator.ts';
import type { Simulator } from '../../src/simulator/simulator.ts';
import { createPool } from '../../src/store/database.ts';
import { verifyBooks } from '../../src/store/verify-books.ts';
import { freshDatabase } from './database.ts';
import type { TestDatabase } from './database.ts';
import { dumpDatabase } from './database-dump.ts';
import type { DatabaseDump } from './database-dump.ts';
import { publishActivity } from './live-activity.ts';
import { quietLogger } from './quiet-logger.ts';
import { startServiceProcess } from './service-process.ts';
import type { ServiceProcess, ServiceSurroundings } from './service-process.ts';
import { newSecretsKey, settlePayouts } from './settle-payouts.ts';
import { eventually } from './world.ts';

const SEND_PATH = '/mmpaymkttransfers/sendredpack';
const FIRST = 60;
const LOST = 20;
const NEW = 20;
// Longer than the lease of 25 s, which a dump may hold or a cut connection leave behind.
const PATIENCE_MS = 40_000;
const PRIZE = { id: 'one', name: '一元红包', kind: 'red-packet', amountFen: 100, tickets: 1, stock: 1000 } as const;

type Numbers = ReadonlySet<string>;

/** What putting the database back to an older dump did. */
export interface LostWindow {
  readonly dumpedBy: DatabaseDump['by'];
  /** Order numbers that the dump has. */
  readonly kept: Numbers;
  /** Paid before the restore and drawn after the dump: the database knows nothing of them. */
  readonly lost: Numbers;
  /** Numbers of the dump that had been paid when it was restored. */
  readonly paid: Numbers;
  /** Those of them that were not paid yet as far as the dump knows. */
  readonly paidUnseen: Numbers;
  /** What the service logged before. */
  readonly log: string;
}

/** A production process on a database of its own that loses a window of its life. */
export class RestoreWorld {
  readonly simulator: Simulator;
  readonly surroundings: ServiceSurroundings;
  readonly #database: TestDatabase;
  #service: ServiceProcess;
  #dump: DatabaseDump | undefined;
  #arrivalsBefore = 0;

  private constructor(
    database: TestDatabase,
    surroundings: ServiceSurroundings,
    parts: { simulator: Simulator; service: ServiceProcess },
  ) {
    this.#database = database;
    this.surroundings = surroundings;
    this.simulator = parts.simulator;
    this.#service = parts.service;
  }

  static async start(): Promise<RestoreWorld> {
    // The oldest server's pg_dump is there where Debian has it; elsewhere the newest server copies by itself.
    const database = await freshDatabase(process.env['TEST_POSTGRES15_URL'] ?? process.env['TEST_DATABASE_URL']);
    const simulator = await startSimulator({ merchantBalanceFen: 100_000_000 });
    const given = { databaseUrl: database.url, redisUrl: 'redis://127.0.0.1:1', secretsKey: newSecretsKey() };
    const surroundings = { simulator, ...given };
    const service = await startServiceProcess(surroundings);
    await publishActivity(database.client, { prizes: [PRIZE] });
    return new RestoreWorld(database, surroundings, { simulator, service });
  }

  async close(): Promise<void> {
    await this.#service.end('SIGKILL');
    await this.#dump?.discard();
    await this.simulator.close();
    await this.#database.close();
  }

  /** Order numbers of the payouts in the database, those of some states or all. */
  async numbers(...states: readonly string[]): Promise<Numbers> {
    return this.#connected(async (client) => {
      const found = await client.query<{ number: string }>(
        `select order_number as number from payout where state = any ($1) or cardinality($1) = 0`,
        [states],
      );
      return new Set(found.rows.map((row) => row.number));
    });
  }

  /** What both sides know of some numbers, for whoever looks into a failure. */
  async historyOf(numbers: Numbers): Promise<string> {
    const attempts = await this.#connected((client) =>
      client.query(
        `select order_number, state, reason, ask_from, attempt, kind, started_at, answered_at, outcome
         from payout left join payout_attempt using (account_id, order_number)
         where order_number = any ($1) order by order_number, attempt`,
        [[...numbers]],
      ),
    );
    const packets = [...numbers].map((number) => this.simulator.books.packet(number));
    return JSON.stringify({ attempts: attempts.rows, packets }, null, 1);
  }

  /** Draws and pays, makes a dump in the middle, draws and pays more, dies and has the dump restored. */
  async loseAWindow(): Promise<LostWindow> {
    const { simulator } = this;
    simulator.faults.next('answer-lost-after-paying', 3);
    await this.#draw(FIRST, FIRST / 3);
    this.#dump = await dumpDatabase(this.#database.url);
    const losers = new Set(await this.#draw(LOST));
    const toLosers = simulator.books.packets().filter(({ openid }) => losers.has(openid));
    await eventually('their answers in the log', () => toLosers.every(({ number }) => this.#said().includes(number)));
    for (const number of [...this.#paid()].slice(0, FIRST / 2)) simulator.books.open(number);
    await this.#service.end('SIGKILL');
    const everything = await this.numbers();
    await this.#dump.restore();
    this.#arrivalsBefore = simulator.books.arrivals.length;
    const kept = await this.numbers();
    return {
      dumpedBy: this.#dump.by,
      kept,
      lost: without(everything, kept),
      paid: both(kept, this.#paid()),
      paidUnseen: both(await this.numbers('waiting', 'unknown'), this.#paid()),
      log: this.#said(),
    };
  }

  /** Starts the service again, lets new people draw, and brings everything to its end. */
  async goOn(lost: Numbers): Promise<void> {
    const { simulator, surroundings } = this;
    this.#service = await startServiceProcess(surroundings);
    await this.#draw(NEW);
    await this.#service.end('SIGTERM');
    const { secretsKey, databaseUrl } = surroundings;
    const opens = (number: string): boolean => !lost.has(number);
    await this.#connected((client) => settlePayouts({ client, simulator, databaseUrl, secretsKey, opens }));
  }

  /** Numbers that the service sent since the restore. */
  sentSince(): Numbers {
    const later = this.simulator.books.arrivals.slice(this.#arrivalsBefore).filter(({ path }) => path === SEND_PATH);
    return new Set(later.map(({ number }) => number));
  }

  /** Throws unless our books hold and every packet but those of lost awards is in them as it ended. */
  async compareBooks({ kept, lost }: LostWindow): Promise<void> {
    const { books } = this.simulator;
    for (const [number, times] of books.paidCountByNumber) assert.equal(times, 1, `${number} was paid ${times} times`);
    assert.deepEqual(books.violations, []);
    const ours = await this.numbers();
    const fresh = without(ours, kept);
    assert.deepEqual([lost.size, kept.size, fresh.size], [LOST, FIRST, NEW]);
    assert.deepEqual(both(fresh, lost), new Set(), 'no order number repeats');
    const packets = books.packets().filter((packet) => !lost.has(packet.number));
    assert.deepEqual(new Set(packets.map((packet) => packet.number)), ours);
    assert.deepEqual(new Set(packets.map((packet) => packet.status)), new Set(['RECEIVED']));
    assert.deepEqual(await this.numbers('received'), ours);
    const pool = createPool({ url: this.#database.url, connectionsMax: 2, name: 'comparing' }, quietLogger());
    const { differences, lines } = await verifyBooks(pool);
    await pool.end();
    assert.deepEqual(differences, []);
    assert.equal(
      lines.reduce((sum, line) => sum + line.deliveredFen, 0),
      packets.reduce((sum, packet) => sum + packet.amountFen, 0),
    );
  }

  #said(): string {
    return this.#service.said();
  }

  #paid(): Numbers {
    return new Set(this.simulator.books.packets().map((packet) => packet.number));
  }

  /** Lets so many people draw, waits until so many of them have their packet, and returns who they are. */
  async #draw(count: number, packetsMin = count): Promise<readonly string[]> {
    // Activities are looked up through a cache of a second.
    await sleep(1100);
    const { followers, push, books } = this.simulator;
    const people = followers.addMany(count).map(({ openid }) => openid);
    const answers = await Promise.all(
      people
        .map((openid) => push.prepare(openid, { MsgType: 'text', Content: '抽奖' }))
        .map((message) => push.deliverOnce(message, `${this.#service.url}/wechat/main`)),
    );
    assert.equal(answers.filter(({ verdict }) => verdict.kind === 'replied').length, count);
    const paidTo = (): Numbers => new Set(books.packets().map((packet) => packet.openid));
    await eventually('their packets', () => both(new Set(people), paidTo()).size >= packetsMin, PATIENCE_MS);
    return people;
  }

  /** Works on a connection of its own: a restore cuts every one there was. */
  async #connected<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const client = new pg.Client({ connectionString: this.#database.url });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
}

function without(all: Numbers, those: Numbers): Numbers {
  return new Set([...all].filter((one) => !those.has(one)));
}

/** What is in both. */
export function both(left: Numbers, right: Numbers): Numbers {
  return new Set([...left].filter((one) => right.has(one)));
}
