import type { PagePrize } from '../../http/contract/activity-page.ts';

/** One piece of the wheel. `prizeIds` is empty for a blank and holds several where small prizes share a piece. */
export interface Segment {
  readonly prizeIds: readonly string[];
  readonly kind: 'prize' | 'more' | 'blank';
  readonly name: string;
  readonly amountFen: number;
  /** Whether it is money, of a fixed amount or not. */
  readonly packet: boolean;
}

// More pieces than this and their labels cannot be read on a phone.
const OWN_PIECES_MAX = 7;
const PIECES_MIN = 5;

/**
 * Cuts the wheel: one piece a prize and one blank, repeated until it looks like a wheel; beyond seven prizes the smaller
 * ones share a piece. The blank is always there, because a prize can run out.
 */
export function wheelSegments(prizes: readonly PagePrize[]): readonly Segment[] {
  const kept = prizes.length > OWN_PIECES_MAX ? byWorth(prizes).slice(0, OWN_PIECES_MAX - 1) : prizes;
  const shared = prizes.filter((prize) => !kept.includes(prize));
  const pieces: Segment[] = kept.map((prize) => ({
    prizeIds: [prize.id],
    kind: 'prize',
    name: prize.name,
    amountFen: prize.amountFen,
    packet: prize.amountFen > 0 || prize.rangeFen !== null,
  }));
  if (shared.length > 0) {
    pieces.push({ prizeIds: shared.map((prize) => prize.id), kind: 'more', name: '', amountFen: 0, packet: false });
  }
  pieces.push({ prizeIds: [], kind: 'blank', name: '', amountFen: 0, packet: false });
  const rounds = Math.ceil(PIECES_MIN / pieces.length);
  return Array.from({ length: rounds }, () => pieces).flat();
}

function byWorth(prizes: readonly PagePrize[]): PagePrize[] {
  return [...prizes].sort((left, right) => right.amountFen - left.amountFen);
}

/** Returns the pieces a draw may end on: those of its prize, or the blanks. */
export function piecesFor(segments: readonly Segment[], prizeId: string | null): readonly number[] {
  const fits = (segment: Segment) =>
    prizeId === null ? segment.kind === 'blank' : segment.prizeIds.indexOf(prizeId) >= 0;
  const found = segments.map((segment, index) => (fits(segment) ? index : -1)).filter((index) => index >= 0);
  // A prize that was added since the page was opened has no piece yet.
  return found.length > 0 ? found : segments.map((_, index) => index).slice(0, 1);
}

/**
 * Returns the angle in degrees to turn the wheel to so that a piece stops under the pointer at the top: several whole
 * turns on from where it stands, and `within` (-0.5 to 0.5) of the piece's width off its middle.
 */
export function restingAngle(input: {
  readonly fromDegrees: number;
  readonly piece: number;
  readonly pieces: number;
  readonly turns: number;
  readonly within: number;
}): number {
  const width = 360 / input.pieces;
  const wanted = -(input.piece + 0.5 + input.within) * width;
  const ahead = (((wanted - input.fromDegrees) % 360) + 360) % 360;
  return input.fromDegrees + input.turns * 360 + ahead;
}
