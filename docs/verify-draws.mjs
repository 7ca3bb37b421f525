// Recomputes every draw of an activity from its record. Needs Node 20 or a browser, and no package; read it, it is short.
//   node verify-draws.mjs <record.ndjson> [your code]
// docs/fairness.md tells what each step means. Exit code 1 when a draw does not follow from the seed and the draws before it.

const bytesOf = (text) => new TextEncoder().encode(text);
const fromHex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
const sha256 = async (bytes) => hex(await crypto.subtle.digest('SHA-256', bytes));

const turn = (x, n) => (x << n) | (x >>> (32 - n));
/** Uniform whole numbers from 16 bytes at a place, by xoshiro128** with rejection. */
function chanceOf(bits, at) {
  let [a, b, c, d] = [0, 4, 8, 12].map((word) => new DataView(bits).getInt32(at + word));
  if ((a | b | c | d) === 0) d = 1;
  const next = () => {
    const result = Math.imul(turn(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    [c, d] = [c ^ a, d ^ b];
    [b, a, c, d] = [b ^ c, a ^ d, c ^ shifted, turn(d, 11)];
    return result;
  };
  return (bound) => {
    for (;;) {
      const drawn = (next() >>> 11) * 2 ** 32 + next();
      if (drawn < 2 ** 53 - (2 ** 53 % bound)) return drawn % bound;
    }
  };
}

const total = (lottery, prizes) => prizes.reduce((sum, prize) => sum + prize.tickets, lottery.blankTickets);
function prizeOf(ticket, prizes) {
  let first = 0;
  for (const prize of prizes) if (ticket < (first += prize.tickets)) return prize;
  return undefined;
}
const NOBODY = { draws: 0, wins: 0, day: null, drawsToday: 0, winsToday: 0, spentFen: 0, misses: 0, lastMs: null };
/** Decides draws one after the other, and keeps count of stock, money and people as it goes. */
class Count {
  constructor(rule) {
    [this.drawn, this.givenFen, this.days, this.people] = Array.from({ length: 4 }, () => new Map());
    Object.assign(this, { rule, spentFen: 0 });
    const chained = rule.chained.map(({ id, mechanic }) => ({ id, ...mechanic }));
    this.mechanics = [{ id: 'main', ...rule.mechanic }, ...chained];
  }
  /** What the next prize of a kind can be: how many are left, their money, the least and the most. */
  range(prize) {
    const left = prize.stock - (this.drawn.get(prize.id) ?? 0);
    if (left <= 0 || (prize.kind === 'voucher' && this.missing.includes(prize.id))) return null;
    if (prize.kind !== 'random-packet')
      return { left, money: 0, least: prize.amountFen ?? 0, most: prize.amountFen ?? 0 };
    const money = prize.stock * prize.meanFen - (this.givenFen.get(prize.id) ?? 0);
    const least = Math.max(prize.minFen, money - (left - 1) * prize.maxFen);
    const most = Math.min(prize.maxFen, money - (left - 1) * prize.minFen);
    return least > most ? null : { left, money, least, most };
  }
  /** Which budget an amount is too much for, or null. */
  tooMuch(fen, person, today) {
    const { budgetFen, limits } = this.rule;
    if (this.spentFen + fen > budgetFen) return 'no-budget';
    if (today.wonFen + fen > (limits.budgetFenPerDay ?? Infinity)) return 'day-budget';
    return person.spentFen + fen > (limits.budgetFenPerPerson ?? Infinity) ? 'person-budget' : null;
  }
  settle(prize, chance, person, today) {
    const range = this.range(prize);
    if (range === null) return { why: 'sold-out' };
    let { least: fen } = range;
    if (range.least < range.most) {
      const over = range.money % range.left;
      const middle = (range.money - over) / range.left + (over > 0 && chance(range.left) < over ? 1 : 0);
      const above = chance(range.most - range.least) < middle - range.least;
      fen = above ? middle + chance(range.most - middle + 1) : range.least + chance(middle - range.least + 1);
    }
    const why = this.tooMuch(fen, person, today);
    return why === null ? { prize: prize.id, fen } : { why };
  }
  /** What a ticket comes to: a prize and its amount, or why there is none. */
  play(lottery, ticket, chance, person, today) {
    const { prizes } = this.rule;
    const left = (prize) => this.range(prize) !== null && this.tooMuch(this.range(prize).least, person, today) === null;
    const sure = prizes.find(({ id }) => id === lottery.guaranteed?.prizeId);
    if (sure && person.misses >= lottery.guaranteed.afterMisses && left(sure))
      return this.settle(sure, chance, person, today);
    let prize = prizeOf(ticket, prizes);
    if (prize && lottery.gone !== 'blank' && !left(prize)) {
      const still = prizes.filter((one) => one.tickets > 0 && left(one));
      if (lottery.gone === 'next')
        prize = prizes.slice(prizes.indexOf(prize) + 1).find((one) => still.includes(one)) ?? null;
      else prize = total(lottery, still) === 0 ? null : prizeOf(chance(total(lottery, still)), still);
    }
    if (!prize) return { why: prize === null ? 'sold-out' : 'blank' };
    return this.settle(prize, chance, person, today);
  }
  /** Which limit a draw is beyond, or null. */
  beyond({ atMs }, person, today, day) {
    const { limits, startsAtMs, endsAtMs } = this.rule;
    const { drawsToday, winsToday } = person.day === day ? person : NOBODY;
    const waited = person.lastMs === null ? Infinity : Math.floor(Math.max(0, atMs - person.lastMs) / 1000);
    if ((startsAtMs ?? -Infinity) > atMs || atMs >= (endsAtMs ?? Infinity)) return 'the time of the activity';
    const counts = { drawsPerPerson: person.draws, drawsPerPersonPerDay: drawsToday, winsPerPerson: person.wins };
    Object.assign(counts, { winsPerPersonPerDay: winsToday, winsPerDay: today.wins });
    const name = Object.keys(counts).find((limit) => limits[limit] !== null && counts[limit] >= limits[limit]);
    return name ?? (waited < (limits.coolDownSeconds ?? 0) ? 'coolDownSeconds' : null);
  }
  /** Decides a draw again and says what is wrong with the line, or null. */
  next(line, number, bits) {
    this.missing = line.missing ?? [];
    const day = Math.floor((line.atMs + 8 * 3_600_000) / 86_400_000); // In Beijing.
    const person = this.people.get(line.person) ?? NOBODY;
    const today = this.days.get(day) ?? { wins: 0, wonFen: 0 };
    const beyond = this.beyond(line, person, today, day);
    const [first, second] = [chanceOf(bits, 0), chanceOf(bits, 16)];
    const tickets = this.mechanics.map((one) => (one.kind === 'lottery' ? first(total(one, this.rule.prizes)) : null));
    const at = this.mechanics.findIndex(({ id }) => id === line.in);
    const given = this.rule.prizes.find(({ id }) => id === line.prize);
    // Without a ticket the prize is for what somebody said or did: was it left?
    let found = given ? this.settle(given, second, person, today) : { why: line.why };
    if (at >= 0) found = this.play(this.mechanics[at], tickets[at], chanceOf(bits, 16), person, today);
    const stockBefore = given ? (this.drawn.get(line.prize) ?? 0) : null;
    const won = found.prize !== undefined;
    if (won) {
      this.spentFen += found.fen;
      this.drawn.set(found.prize, (this.drawn.get(found.prize) ?? 0) + 1);
      this.givenFen.set(found.prize, (this.givenFen.get(found.prize) ?? 0) + found.fen);
    }
    const [fen, ticket] = [found.fen ?? 0, tickets[at] ?? null];
    this.days.set(day, { wins: today.wins + won, wonFen: today.wonFen + fen });
    const { drawsToday, winsToday } = person.day === day ? person : NOBODY;
    const sums = { draws: number, wins: person.wins + won, spentFen: person.spentFen + fen };
    const misses = ticket === null ? person.misses * !won : won ? 0 : person.misses + 1;
    const lastMs = Math.max(line.atMs, person.lastMs ?? 0);
    const counts = { ...sums, day, drawsToday: drawsToday + 1, winsToday: winsToday + won };
    this.people.set(line.person, { ...counts, misses, lastMs });
    if (at < 0 && this.mechanics.every(({ kind }) => kind === 'lottery')) return 'it drew no ticket';
    if (beyond !== null) return `it is beyond ${beyond}`;
    const { prize = null, why = null } = found;
    const expected = { number, ticket, prize, fen, why, stockBefore };
    const wrong = Object.keys(expected).find((name) => expected[name] !== line[name]);
    return wrong === undefined ? null : `its ${wrong} is ${line[wrong]}, and follows as ${expected[wrong]}`;
  }
}

/** Takes the lines of a record, returns what is wrong with it: `faults` is empty when nothing is. */
export async function verifyRecord(lines, code = null) {
  const result = { name: '', commitment: '', rule: '', draws: 0, faults: [], yours: [] };
  const say = (place, what) => result.faults.length < 100 && result.faults.push({ place, what });
  const [numbers, waiting] = [new Map(), []];
  let [count, key, activity, before, ended] = [null, null, '', '', false];
  const check = async ({ line, number, chain, bits }) => {
    const place = result.draws + 1;
    if (line.chain !== (await chain).slice(0, 32)) say(place, 'this line or the end of the one before was changed');
    ended = line.end === true;
    if (ended && line.draws !== result.draws) say(place, `it tells of ${line.draws} draws and has ${result.draws}`);
    if (number === null) return;
    result.draws = place;
    if (line.place !== place) say(place, `it stands at place ${place} and says that it is at ${line.place}`);
    const wrong = count.next(line, number, await bits);
    if (wrong !== null) say(place, wrong);
    if (line.person === code) result.yours.push(line);
  };
  for await (const text of lines) {
    const line = JSON.parse(text);
    const chain = sha256(bytesOf(`${before}\n${text.slice(0, text.lastIndexOf(',"chain"'))}}`));
    before = line.chain;
    if (count === null) {
      if (line.record !== 'hongbao-draws-1') throw new Error('this is not the record of an activity');
      const seed = fromHex(line.seed ?? '');
      if ((await sha256(seed)) !== line.commitment) say(0, 'the seed is not the one that was committed to');
      key = await crypto.subtle.importKey('raw', seed, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
      count = new Count(line.rule);
      activity = line.activity;
      const rule = await sha256(bytesOf(JSON.stringify(line.rule)));
      Object.assign(result, { name: line.name, commitment: line.commitment, rule });
    }
    const number = line.person === undefined ? null : (numbers.get(line.person) ?? 0) + 1;
    if (number !== null) numbers.set(line.person, number);
    const bits = crypto.subtle.sign('HMAC', key, bytesOf(`draw\n${activity}\n${line.person}\n${number}`));
    waiting.push({ line, number, chain, bits });
    if (waiting.length >= 1000) for (const one of waiting.splice(0)) await check(one);
  }
  for (const one of waiting) await check(one);
  if (!ended) say(result.draws + 1, 'the record breaks off');
  return result;
}

if (globalThis.process?.argv?.[1]?.endsWith('verify-draws.mjs')) {
  const [{ createReadStream }, { createInterface }] = await Promise.all([import('node:fs'), import('node:readline')]);
  const [file, code] = process.argv.slice(2);
  const lines = createInterface({ input: createReadStream(file) });
  const { name, commitment, rule, draws, faults, yours } = await verifyRecord(lines, code);
  console.log(`${name}: ${draws} draws\nseed committed to as ${commitment}\nrule committed to as ${rule}`);
  for (const line of yours) console.log(`yours, draw ${line.place}: ticket ${line.ticket}, ${line.prize ?? line.why}`);
  for (const { place, what } of faults) console.log('draw', place, what);
  console.log(faults.length === 0 ? 'Every draw follows from the seed.' : 'This record is wrong.');
  process.exitCode = faults.length === 0 ? 0 : 1;
}
