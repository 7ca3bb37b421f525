import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../src/rules/engine.ts';
import type { Loss, Refusal } from '../../src/rules/facts.ts';
import { shortWhy } from '../../src/rules/short-why.ts';
import { decisionInput, untouched } from '../support/decisions.ts';

const REFUSALS: Readonly<Record<Refusal, RegExp>> = {
  'not-started': /not begun/,
  ended: /over/,
  stopped: /stopped/,
  paused: /paused/,
  'nothing-left': /gone/,
  'not-eligible': /conditions/,
  'person-limit': /chances/,
  'person-day-limit': /today.*tomorrow/,
  'win-limit': /one person/,
  'win-day-limit': /one person today/,
  'day-limit': /today.*tomorrow/,
  'cool-down': /time between/,
  'no-chance': /chances/,
  'checked-in-today': /Checked in today/,
  'no-card': /card/,
  'nothing-to-make-up': /made up/,
  'code-missing': /needed/,
  'code-unknown': /no such code/,
  'code-used': /used/,
  'code-yours': /used/,
  'too-many-guesses': /later/,
};
const LOSSES: Readonly<Record<Loss, RegExp>> = {
  blank: /wins nothing/,
  'sold-out': /gone/,
  'no-budget': /all been won/,
  'day-budget': /today/,
  'person-budget': /One person/,
  'no-milestone': /Checked in/,
  chances: /chances/,
  'not-admitted': /cannot be taken part/,
};

describe('the short form of a trace', () => {
  it('agrees with the verdict for every refusal and every loss, in both languages and without a number', () => {
    for (const [outcome, whys] of [
      ['refused', REFUSALS],
      ['lost', LOSSES],
    ] as const) {
      for (const [why, said] of Object.entries(whys)) {
        const short = shortWhy(outcome, why);
        assert.match(short?.en ?? '', said, why);
        assert.match(short?.zh ?? '', /[\u4e00-\u9fff].*。$/, why);
        assert.doesNotMatch(`${short?.zh}${short?.en}`, /\d|list|address|device|blacklist|名单|设备|地址/i, why);
      }
    }
  });

  it('says nothing of a win, and nothing of an end it does not know', () => {
    assert.equal(shortWhy('won', null), null);
    assert.equal(shortWhy('lost', 'of-another-build'), null);
    assert.equal(shortWhy('refused', 'toString'), null);
  });

  it('is there for what the engine decides', () => {
    const { verdict } = decide(decisionInput({}, { activity: { ...untouched, state: 'paused' } }));
    assert.equal(verdict.outcome === 'refused' && shortWhy('refused', verdict.why)?.zh, '活动暂停中，机会没有减少。');
  });
});
