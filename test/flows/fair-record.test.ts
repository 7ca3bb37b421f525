import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, describe, it } from 'node:test';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { fair, loadVerifier, recordLines } from '../support/fair-record.ts';
import { lotteryRule } from '../support/live-activity.ts';
import { randomHistories } from '../support/random-rules.ts';
import type { RandomHistory } from '../support/random-rules.ts';

const rule = activityRuleSchema.parse(
  lotteryRule({
    mechanic: { kind: 'lottery', blankTickets: 50, gone: 'redraw', guaranteed: { afterMisses: 3, prizeId: 'small' } },
    prizes: [
      {
        id: 'lucky',
        name: '红包',
        kind: 'random-packet',
        minFen: 100,
        maxFen: 900,
        meanFen: 300,
        tickets: 40,
        stock: 90,
      },
      { id: 'small', name: '红包', kind: 'red-packet', amountFen: 100, tickets: 10, stock: 60 },
    ],
    limits: { drawsPerPersonPerDay: 40 },
    budgetFen: 33_000,
  }),
);
const requests = Array.from({ length: 600 }, (_, index) => ({
  person: index % 40,
  way: 0,
  waitMs: 900,
  state: 'open',
  code: null,
  tickets: [],
  seed: '',
}));
const history = { rule, requests } as unknown as RandomHistory;

describe('the record of draws and its stand-alone verifier', () => {
  let verify: Awaited<ReturnType<typeof loadVerifier>>;
  let lines: readonly string[];
  before(async () => {
    verify = await loadVerifier();
    lines = await recordLines(history);
  });

  it('has fewer than 200 lines and imports nothing but what node brings', () => {
    const source = readFileSync(new URL('../../docs/verify-draws.mjs', import.meta.url), 'utf8');
    assert.ok(source.split('\n').length <= 200);
    const imported = [...source.matchAll(/import\(['"]([^'"]+)/g)].map(([, name]) => name);
    assert.deepEqual(imported, ['node:fs', 'node:readline']);
  });

  it('finds that every draw follows from the seed, and which are somebody’s own', async () => {
    const person = JSON.parse(lines[1] ?? '').person as string;
    const { draws, faults, yours, name } = await verify(lines, person);
    assert.deepEqual([draws, faults, yours.length, name], [600, [], 15, '测试']);
    assert.equal(lines.join('').includes('oTest'), false);
    assert.match(fair.personOf('oAnybody' as never), /^[0-9a-f]{32}$/);
  });

  it('agrees with the engine on every rule and history there can be', async () => {
    await fc.assert(
      fc.asyncProperty(randomHistories, async (random) => {
        const { faults } = await verify(await recordLines(random));
        assert.deepEqual(faults, []);
      }),
      { numRuns: 200 },
    );
  });

  it('names whatever single draw was changed, also where the chain was made anew', async () => {
    const changes: readonly ((line: Record<string, unknown>) => Record<string, unknown>)[] = [
      (line) => ({ ...line, ticket: Number(line['ticket']) + 1 }),
      (line) =>
        line['prize'] === null
          ? { ...line, prize: 'small', fen: 100, why: null }
          : { ...line, prize: null, fen: 0, why: 'blank' },
      (line) => ({ ...line, fen: Number(line['fen']) + 1 }),
      (line) => ({ ...line, stockBefore: Number(line['stockBefore']) + 1 }),
      (line) => ({ ...line, place: Number(line['place']) + 1 }),
      (line) => ({ ...line, person: '0'.repeat(32) }),
      (line) => ({ ...line, number: Number(line['number']) + 1 }),
      (line) => ({ ...line, in: null, ticket: null }),
    ];
    for (let at = 1; at <= 600; at += 149) {
      for (const change of changes) {
        const { chain: _, ...line } = JSON.parse(lines[at] ?? '') as Record<string, unknown>;
        const { faults } = await verify(chained(lines.with(at, JSON.stringify(change(line)))));
        assert.equal(faults[0]?.place, at);
        const plain = await verify(lines.with(at, JSON.stringify({ ...change(line), chain: _ })));
        assert.equal(plain.faults[0]?.place, at);
      }
    }
  });

  it('names another seed, another stock, another order, and draws that are missing or too many', async () => {
    const head = JSON.parse(lines[0] ?? '');
    const seed = await verify(chained(lines.with(0, JSON.stringify({ ...head, seed: 'f'.repeat(64) }))));
    assert.match(seed.faults[0]?.what ?? '', /seed is not the one/);
    const [lucky, small] = head.rule.prizes;
    const stocks = { ...head, rule: { ...head.rule, prizes: [lucky, { ...small, stock: 61 }] } };
    const stock = await verify(chained(lines.with(0, JSON.stringify(stocks))));
    // One that was never reached changes no draw; but the rule is committed to as well.
    const published = (await verify(lines)).rule;
    assert.equal(published, createHash('sha256').update(JSON.stringify(head.rule)).digest('hex'));
    assert.notEqual(stock.rule, published);
    const fewer = { ...head, rule: { ...head.rule, prizes: [{ ...lucky, stock: 20 }, small] } };
    assert.ok((await verify(chained(lines.with(0, JSON.stringify(fewer))))).faults.length > 0);
    const [one, two] = [lines[8] ?? '', lines[9] ?? ''];
    assert.equal((await verify(chained(lines.with(8, two).with(9, one)))).faults[0]?.place, 8);
    assert.equal((await verify(chained(lines.toSpliced(30, 1)))).faults[0]?.place, 30);
    assert.equal((await verify(chained(lines.toSpliced(30, 0, lines[30] ?? '')))).faults[0]?.place, 31);
    assert.match((await verify(lines.slice(0, -1))).faults[0]?.what ?? '', /breaks off/);
  });
});

/** The same lines with hashes that fit: what somebody would do who changed one. */
function chained(lines: readonly string[]): readonly string[] {
  let before = '';
  return lines.map((text) => {
    const { chain: _, ...line } = JSON.parse(text) as Record<string, unknown>;
    const body = JSON.stringify(line);
    before = createHash('sha256').update(`${before}\n${body}`).digest('hex').slice(0, 32);
    return `${body.slice(0, -1)},"chain":"${before}"}`;
  });
}
