import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatorClock } from '../../src/simulator/clock.ts';
import { Books, type JournalLine, type PacketOrder } from '../../src/simulator/pay/books.ts';
import { DueQueue } from '../../src/simulator/pay/due-queue.ts';
import { defaultPayRules } from '../../src/simulator/pay/pay-rules.ts';
import { Random } from '../../src/simulator/random.ts';

const hourMs = 3_600_000;
const accepted = { listId: '1', sendingForMs: 0, hiddenUntilMs: 0 };

function makeBooks(given: { refundingForMs?: number } = {}) {
  const clock = new SimulatorClock();
  const lines: string[] = [];
  const journal = (line: JournalLine): void => void lines.push(JSON.stringify(line));
  const rules = { ...defaultPayRules(), ...given };
  return { clock, lines, books: new Books({ clock, rules, journal }) };
}

function packetOrder(number: string, amountFen: number): PacketOrder {
  const texts = { wishing: '恭喜', sendName: '商户', actName: '活动', remark: '' };
  return { number, appId: 'wx1', openid: `o${number}`, amountFen, ...texts };
}

test('an unopened packet goes back after 24 hours, to the millisecond, and the money returns', () => {
  const { clock, books } = makeBooks({ refundingForMs: hourMs });
  books.deposit(1000);
  const { paidAtMs = 0 } = books.accept(packetOrder('a', 300), accepted);
  assert.deepEqual(books.totals(), { sentFen: 300, receivedFen: 0, refundedFen: 0, pendingFen: 300, balanceFen: 700 });
  clock.advance(24 * hourMs - 60_000);
  assert.equal(books.packet('a')?.status, 'SENT');
  clock.advance(60_000);
  assert.equal(books.packet('a')?.status, 'RFUND_ING');
  assert.equal(books.totals().balanceFen, 700);
  assert.throws(() => books.open('a'), /RFUND_ING/);
  clock.advance(hourMs);
  const packet = books.packet('a');
  assert.deepEqual(
    packet?.history.map(({ status, atMs }) => [status, atMs - paidAtMs]),
    [
      ['SENT', 0],
      ['RFUND_ING', 24 * hourMs],
      ['REFUND', 25 * hourMs],
    ],
  );
  assert.deepEqual(books.totals(), { sentFen: 300, receivedFen: 0, refundedFen: 300, pendingFen: 0, balanceFen: 1000 });
});

test('a jump over many days lets everything happen at its own time', () => {
  const { clock, books } = makeBooks();
  books.deposit(1000);
  const packet = books.accept(packetOrder('a', 300), { ...accepted, sendingForMs: hourMs });
  clock.advance(90 * 24 * hourMs);
  const [first, ...rest] = packet.history;
  assert.deepEqual(
    rest.map(({ status, atMs }) => [status, (atMs - (first?.atMs ?? 0)) / hourMs]),
    [
      ['SENT', 1],
      ['RFUND_ING', 25],
      ['REFUND', 25],
    ],
  );
});

test('an opened packet stays opened', () => {
  const { clock, books } = makeBooks();
  books.deposit(1000);
  books.accept(packetOrder('a', 300), accepted);
  books.open('a');
  clock.advance(100 * hourMs);
  assert.equal(books.packet('a')?.status, 'RECEIVED');
  assert.equal(books.totals().receivedFen, 300);
});

test('the books refuse to pay a number twice', () => {
  const { books } = makeBooks();
  books.deposit(1000);
  books.accept(packetOrder('a', 300), accepted);
  assert.throws(() => books.accept(packetOrder('a', 300), accepted), /paid already/);
  assert.throws(() => books.refuse(packetOrder('a', 300), '2', 'x'), /paid already/);
});

test('whatever happens, sent is received, refunded and pending, and the journal replays to the same books', () => {
  const random = new Random('books');
  const { clock, books, lines } = makeBooks({ refundingForMs: 5 * hourMs });
  books.deposit(50_000_000);
  for (let step = 0; step < 3000; step += 1) {
    const number = `n${random.whole(1500)}`;
    const known = books.packet(number);
    if (random.chance(0.1)) clock.advance(random.whole(hourMs));
    if (known?.status === 'SENT' && random.chance(0.5)) books.open(number);
    else if (known?.paidAtMs === undefined && known?.status !== 'FAILED') {
      const order = packetOrder(number, 100 + random.whole(1000));
      if (random.chance(0.3)) books.refuse(known ?? order, '1', 'x');
      else books.accept(known ?? order, { ...accepted, sendingForMs: random.whole(2) * hourMs });
    }
    const { sentFen, receivedFen, refundedFen, pendingFen, balanceFen } = books.totals();
    assert.equal(sentFen, receivedFen + refundedFen + pendingFen);
    assert.equal(balanceFen, 50_000_000 - sentFen + refundedFen);
  }
  const statuses = new Set(books.packets().map(({ status }) => status));
  assert.deepEqual([...statuses].sort(), ['FAILED', 'RECEIVED', 'REFUND', 'RFUND_ING', 'SENDING', 'SENT']);
  assert.ok([...books.paidCountByNumber.values()].every((count) => count === 1));
  const copy = new Books({ clock, rules: { ...defaultPayRules(), refundingForMs: 5 * hourMs } });
  copy.restore(lines.map((line) => JSON.parse(line) as JournalLine));
  assert.deepEqual(copy.totals(), books.totals());
  clock.advance(48 * hourMs);
  assert.deepEqual(copy.packets(), books.packets());
  assert.deepEqual(copy.totals(), books.totals());
});

test('the queue gives back what is due, earliest first', () => {
  const random = new Random('queue');
  const queue = new DueQueue<number>();
  const times = Array.from({ length: 500 }, () => random.whole(1000));
  for (const time of times) queue.add(time, time);
  const taken: number[] = [];
  for (let next = queue.takeDue(700); next; next = queue.takeDue(700)) taken.push(next.item);
  assert.deepEqual(
    taken,
    times.filter((time) => time <= 700).sort((left, right) => left - right),
  );
});

test('the same seed gives the same luck, and its branches are independent', () => {
  const [one, other] = [new Random('seed'), new Random('seed')];
  one.fork('side').text(100);
  assert.equal(one.text(40), other.text(40));
  assert.notEqual(new Random('seed').fork('a').hex(32), new Random('seed').fork('b').hex(32));
});

test('the clock only goes ahead', () => {
  const clock = new SimulatorClock(1000);
  const firstMs = clock.nowMs();
  assert.throws(() => clock.advance(-1), /only goes ahead/);
  clock.advance(5000);
  assert.ok(clock.nowMs() >= firstMs + 5000);
});
