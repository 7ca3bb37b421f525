import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whatToDo } from '../../src/store/book-advice.ts';
import { BOOK_CHECKS } from '../../src/store/book-checks.ts';
import { CHECK_IN_CHECKS } from '../../src/store/check-in-checks.ts';
import { RULE_CHECKS } from '../../src/store/rule-checks.ts';

/** The names under which a check tells differences: its own, or those it has for each row. */
function namesOf([check, sql]: readonly [string, string]): readonly string[] {
  if (!sql.includes(' as name,')) return [check];
  return [...sql.matchAll(/^ +\('([^']+)', /gm)].map(([, name]) => name ?? '');
}

test('every difference that verify-books can find says what to do about it', () => {
  const names = Object.entries({ ...BOOK_CHECKS, ...RULE_CHECKS, ...CHECK_IN_CHECKS }).flatMap(namesOf);
  assert.ok(names.includes('award in flight') && names.includes('fen won by a person'));
  assert.deepEqual(
    names.filter((name) => whatToDo(name) === null),
    [],
  );
  assert.equal(whatToDo('no such check'), null);
});
