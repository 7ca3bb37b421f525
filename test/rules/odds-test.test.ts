import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { testOdds } from '../../src/rules/odds-test.ts';

const near = (found: number, expected: number) => assert.ok(Math.abs(found - expected) < 1e-6, `${found}`);

describe('the test of odds', () => {
  test('knows the tabled critical values of chi-squared', () => {
    // 0.001 critical values: 10.828 (1 degree), 13.816 (2), 18.467 (4), 29.588 (10): NIST handbook 1.3.6.7.4.
    for (const [degrees, critical] of [
      [1, 10.8276],
      [2, 13.8155],
      [4, 18.4668],
      [10, 29.5883],
    ] as const) {
      // Equal cells of which one has d more and one d less: chi-squared is 2 d^2 / expected.
      const expected = 1_000_000;
      const d = Math.sqrt((critical * expected) / 2);
      const cells = Array.from({ length: degrees + 1 }, (_, place) => ({
        share: 1 / (degrees + 1),
        drawn: expected + (place === 0 ? d : place === 1 ? -d : 0),
      }));
      const found = testOdds(cells);
      assert.equal(found?.degrees, degrees);
      assert.ok(Math.abs((found?.probability ?? 0) - 0.001) < 1e-6);
    }
  });

  test('finds nothing in counts as stated, and everything in counts that are far off', () => {
    const fair = testOdds([
      { share: 0.1, drawn: 100 },
      { share: 0.9, drawn: 900 },
    ]);
    near(fair?.probability ?? 0, 1);
    const odd = testOdds([
      { share: 0.1, drawn: 200 },
      { share: 0.9, drawn: 800 },
    ]);
    assert.ok((odd?.probability ?? 1) < 1e-20);
  });

  test('says nothing of too few draws, and puts rare prizes together', () => {
    assert.equal(
      testOdds([
        { share: 0.5, drawn: 3 },
        { share: 0.5, drawn: 1 },
      ]),
      null,
    );
    const found = testOdds([
      { share: 0.001, drawn: 1 },
      { share: 0.009, drawn: 9 },
      { share: 0.99, drawn: 990 },
    ]);
    assert.equal(found?.degrees, 1);
  });

  test('strays beyond one in a thousand for about one honest activity in a thousand', () => {
    let seed = 7;
    const next = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    let strayed = 0;
    const activities = 4000;
    for (let n = 0; n < activities; n += 1) {
      let wins = 0;
      for (let draw = 0; draw < 200; draw += 1) if (next() < 0.3) wins += 1;
      const found = testOdds([
        { share: 0.3, drawn: wins },
        { share: 0.7, drawn: 200 - wins },
      ]);
      if ((found?.probability ?? 1) < 0.001) strayed += 1;
    }
    assert.ok(strayed <= 15, `${strayed} of ${activities}`);
  });
});
