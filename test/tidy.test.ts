import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { migrations } from '../migrations/list.ts';
import { clocksInSql, importCycles, impureRules, narrowedTests, reachedFrom } from './tidy/house-rules.ts';
import { strayPrints, wrongArrows, wrongShapes } from './tidy/house-rules.ts';
import { readSource, readSourceFiles } from './tidy/source-files.ts';
import type { SourceFile } from './tidy/source-files.ts';

const source = readSourceFiles('src', 'migrations');
const none = (faults: readonly string[]): void => assert.equal(faults.join('\n'), '');

describe('the house', () => {
  it('keeps its arrows between rooms and its packages in their rooms', () => none(wrongArrows(source)));
  it('has no circle of imports', () => none(importCycles(source)));
  it('has small functions and files, told by their names, without barrels', () => none(wrongShapes(source)));
  it('takes time in SQL as a parameter', () => none(clocksInSql(source)));
  it('has rules without clock, chance or waiting', () => none(impureRules(source)));

  it('starts in production without any file of the simulator or the demo', () => {
    const reached = [...reachedFrom('src/main.ts', source)];
    assert.ok(reached.includes('src/wiring.ts'));
    none(reached.filter((path) => path.startsWith('src/simulator/') || path.startsWith('src/demo')));
  });

  it('lists every migration there is, in order', () => {
    const files = readdirSync(new URL('../migrations/', import.meta.url)).filter((name) => name !== 'list.ts');
    const stamps = files.map((name) => Number(name.split('-')[0]));
    assert.deepEqual(
      stamps,
      migrations.map((migration) => Number(/\d+$/.exec(migration.name)?.[0])),
    );
  });

  it('has a hash for every package in the lock file', () => {
    const lock = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
      packages: Record<string, { version?: string; integrity?: string; link?: boolean }>;
    };
    const bare = Object.entries(lock.packages).filter(
      ([path, entry]) => path !== '' && (!entry.version || !entry.integrity),
    );
    none(bare.map(([path]) => path));
  });

  it('skips no test and narrows none', () => none(narrowedTests(readSourceFiles('test').filter(notThis))));
  it('prints only from the entries of its programs', () => none(strayPrints(source)));
});

/** This file plants the breaches it looks for. */
function notThis(file: SourceFile): boolean {
  return file.path !== 'test/tidy.test.ts';
}

describe('the house rules', () => {
  const planted = (path: string, text: string) => [readSource(path, text)];

  it('catch each kind of breach', () => {
    assert.equal(wrongArrows(planted('src/flows/a.ts', "import pg from 'pg';")).length, 1);
    assert.equal(wrongArrows(planted('src/flows/a.ts', "import { x } from '../store/x.ts';")).length, 1);
    assert.equal(wrongArrows(planted('src/pay/a.ts', "import { x } from '../flows/ports/payouts.ts';")).length, 1);
    assert.equal(wrongArrows(planted('src/pay/a.ts', "import type { X } from '../flows/ports/payouts.ts';")).length, 0);
    assert.equal(wrongArrows(planted('src/rules/a.ts', "import { x } from 'node:crypto';")).length, 1);
    assert.equal(wrongArrows(planted('src/simulator/a.ts', "import type { Fen } from '../base/fen.ts';")).length, 1);
    assert.equal(clocksInSql(planted('src/store/a.ts', 'const q = `select now()`;')).length, 1);
    assert.equal(impureRules(planted('src/rules/a.ts', 'const at = Date.now();')).length, 1);
    assert.equal(impureRules(planted('src/rules/a.ts', 'const x = Math.random();')).length, 1);
    assert.equal(wrongShapes(planted('src/base/utils.ts', `const f = () => {${'\n'.repeat(70)}};`)).length, 2);
    assert.equal(strayPrints(planted('src/flows/a.ts', "console.log('x');")).length, 1);
    assert.equal(strayPrints(planted('src/cli.ts', "console.log('x');")).length, 0);
    assert.equal(narrowedTests(planted('test/a.ts', "test.only('x', () => {});")).length, 1);
    assert.equal(narrowedTests(planted('test/a.ts', "test('x', { skip: true }, () => {});")).length, 1);
    assert.equal(wrongShapes(planted('src/base/a.ts', "export * from './b.ts'; export default 1;")).length, 2);
  });

  it('find a circle', () => {
    const circle = [
      readSource('src/a/x.ts', "import { y } from './y.ts';"),
      readSource('src/a/y.ts', "import { x } from './x.ts';"),
    ];
    assert.deepEqual(importCycles(circle), ['src/a/x.ts -> src/a/y.ts -> src/a/x.ts']);
  });
});
