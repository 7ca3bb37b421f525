import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { piecesFor, restingAngle, wheelSegments } from '../../src/web/h5/wheel-segments.ts';

const prizeLists = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 30 }).map((amounts) =>
  amounts.map((amountFen, index) => ({
    id: `p${index}`,
    name: `奖${index}`,
    amountFen,
    rangeFen: null,
    soldOut: false,
    left: 1,
    odds: null,
  })),
);

it('every prize and the blank have a piece, and no piece stands beside one like it', () => {
  fc.assert(
    fc.property(prizeLists, (prizes) => {
      const segments = wheelSegments(prizes);
      assert.ok(segments.length >= 5 && segments.length <= 9);
      for (const prize of prizes) {
        const pieces = piecesFor(segments, prize.id);
        assert.ok(pieces.length > 0 && pieces.every((piece) => segments[piece]?.prizeIds.includes(prize.id)));
      }
      assert.ok(piecesFor(segments, null).every((piece) => segments[piece]?.kind === 'blank'));
      segments.forEach((segment, index) => {
        const next = segments[(index + 1) % segments.length];
        assert.notDeepEqual([segment.kind, segment.prizeIds], [next?.kind, next?.prizeIds]);
      });
    }),
  );
});

it('the wheel always turns on and stops with the wanted piece under the pointer', () => {
  const turns = fc.record({
    fromDegrees: fc.integer({ min: 0, max: 100_000 }),
    pieces: fc.integer({ min: 5, max: 9 }),
    turns: fc.integer({ min: 4, max: 8 }),
    within: fc.double({ min: -0.3, max: 0.3, noNaN: true }),
    chosen: fc.nat(),
  });
  fc.assert(
    fc.property(turns, ({ chosen, ...turn }) => {
      const piece = chosen % turn.pieces;
      const angle = restingAngle({ ...turn, piece });
      const travelled = angle - turn.fromDegrees;
      assert.ok(travelled >= turn.turns * 360 && travelled <= (turn.turns + 1) * 360);
      // What is under the pointer at the top is what stood that much anticlockwise before.
      const atTop = (((-angle % 360) + 360) % 360) / (360 / turn.pieces);
      assert.equal(Math.floor(atTop), piece);
    }),
  );
});
