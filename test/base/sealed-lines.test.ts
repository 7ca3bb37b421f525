import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openSealed, sealLines } from '../../src/base/sealed-lines.ts';
import type { SealedRecord } from '../../src/base/sealed-lines.ts';

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item, void, undefined> {
  yield* items;
}

const records: readonly SealedRecord[] = [
  { kind: 'activity', id: 'spring' },
  { kind: 'draw', id: 'a', outcome: 'won' },
  { kind: 'draw', id: 'b', outcome: 'lost' },
  { kind: 'award', id: 'c', amountFen: 100 },
];

async function sealed(): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of sealLines(each(records))) lines.push(line.trimEnd());
  return lines;
}

const faultsOf = async (lines: readonly string[], kept: string | null = null) =>
  (await openSealed(each(lines), kept)).faults.map(({ line, what }) => `${line} ${what}`);

describe('a sealed file', () => {
  it('is opened as it was written', async () => {
    const lines = await sealed();
    const opened = await openSealed(each(lines), null);
    assert.deepEqual(opened.faults, []);
    assert.deepEqual(opened.counts, { activity: 1, draw: 2, award: 1 });
    assert.deepEqual(await faultsOf(lines, opened.seal), []);
  });

  it('names a record that was changed', async () => {
    const lines = await sealed();
    lines[2] = (lines[2] ?? '').replace('lost', 'won');
    assert.deepEqual(await faultsOf(lines), ['3 draw b was changed: it does not come to its hash']);
  });

  it('tells a line that was left out, added, moved or cut off', async () => {
    const lines = await sealed();
    const [first = '', second = '', third = '', ...rest] = lines;
    assert.match((await faultsOf([first, second, ...rest])).join(), /records were left out or added/);
    assert.match((await faultsOf([first, second, second, third, ...rest])).join(), /records were left out or added/);
    assert.match((await faultsOf([first, third, second, ...rest])).join(), /left out, added, moved/);
    assert.match((await faultsOf(lines.slice(0, -1))).join(), /the file was cut off/);
    assert.match((await faultsOf([...lines, first])).join(), /stands after the last line/);
    assert.match((await faultsOf(['nonsense', ...lines])).join(), /1 is no hash and record/);
  });

  it('that was sealed anew is told by the seal that was kept', async () => {
    const { seal } = await openSealed(each(await sealed()), null);
    const forged: string[] = [];
    const changed = records.map((one) => (one.kind === 'award' ? { ...one, amountFen: 200 } : one));
    for await (const line of sealLines(each(changed))) forged.push(line.trimEnd());
    assert.deepEqual(await faultsOf(forged), []);
    assert.match((await faultsOf(forged, seal)).join(), /was kept/);
  });
});
