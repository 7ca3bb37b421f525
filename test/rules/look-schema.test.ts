import assert from 'node:assert/strict';
import { it } from 'node:test';
import { activityRuleSchema } from '../../src/rules/activity-rule.ts';
import { contrastWithWhite, lookSchema } from '../../src/rules/look-schema.ts';
import { lotteryRule } from '../support/live-activity.ts';

function faultsOf(look: unknown): readonly string[] {
  const read = lookSchema.safeParse(look);
  return read.success ? [] : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

it('a rule from before there were looks gets the spring festival and the play of its mechanic', () => {
  const { look } = activityRuleSchema.parse(lotteryRule());
  assert.deepEqual([look.play, look.theme, look.brandColour, look.question], ['auto', 'spring', null, null]);
});

it('contrast follows the published formula', () => {
  assert.equal(contrastWithWhite('#ffffff').toFixed(2), '1.00');
  assert.equal(contrastWithWhite('#000000').toFixed(2), '21.00');
  assert.equal(contrastWithWhite('#767676').toFixed(2), '4.54');
  assert.equal(contrastWithWhite('#777777').toFixed(2), '4.48');
});

it('a brand colour on which white cannot be read is refused with its contrast', () => {
  assert.deepEqual(faultsOf({ brandColour: '#767676' }), []);
  assert.match(
    faultsOf({ brandColour: '#ffd479' })[0] ?? '',
    /brandColour: is too light .* 1\.4 to 1, 4\.5 are needed/,
  );
  for (const odd of ['red', '#12345', '#1234567', 'url(x)', '#12345g;']) {
    assert.match(faultsOf({ brandColour: odd })[0] ?? '', /six hex digits/);
  }
});

it('pictures come from this service only', () => {
  assert.deepEqual(faultsOf({ logo: '/pictures/a-1.png', picture: '/p.webp' }), []);
  for (const odd of ['https://example.com/a.png', '//example.com/a.png', '/../a.png', '/a.js', 'a.png', '/a b.png']) {
    assert.match(faultsOf({ logo: odd })[0] ?? '', /path on this service/, odd);
  }
});
