/** @jsxImportSource preact */
import { formatYuan } from '../shared/format-yuan.ts';
import type { Segment } from './wheel-segments.ts';
import type { Words } from './words.ts';

const RADIUS = 150;

interface WheelProps {
  readonly segments: readonly Segment[];
  readonly degrees: number;
  readonly turning: boolean;
  readonly words: Words;
}

/** The wheel as a picture: `degrees` says how far it is turned, `turning` whether it takes its time to get there. */
export function Wheel({ segments, degrees, turning, words }: WheelProps) {
  return (
    <svg class="wheel" viewBox="-180 -180 360 360" aria-hidden="true" focusable="false">
      <defs>
        <linearGradient id="rim" x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" class="rim-a" />
          <stop offset="1" class="rim-b" />
        </linearGradient>
        <radialGradient id="shade">
          <stop offset="0.72" stop-color="#000" stop-opacity="0" />
          <stop offset="1" stop-color="#000" stop-opacity="0.09" />
        </radialGradient>
      </defs>
      <circle r="176" class="rim-line" />
      <circle r="172" fill="url(#rim)" />
      <Bulbs />
      <g class={turning ? 'wheel-disc wheel-turning' : 'wheel-disc'} style={{ transform: `rotate(${degrees}deg)` }}>
        {segments.map((segment, index) => (
          <Piece key={index} segment={segment} index={index} count={segments.length} words={words} />
        ))}
        <circle r={RADIUS} fill="url(#shade)" />
      </g>
      <circle r={RADIUS} class="rim-ring" />
    </svg>
  );
}

function Bulbs() {
  return (
    <g>
      {Array.from({ length: 24 }, (_, index) => {
        const [x, y] = pointAt(161, index * 15);
        return <circle key={index} class={index % 2 === 0 ? 'bulb' : 'bulb bulb-odd'} cx={x} cy={y} r="4" />;
      })}
    </g>
  );
}

function Piece({ segment, index, count, words }: { segment: Segment; index: number; count: number; words: Words }) {
  const width = 360 / count;
  const [startX, startY] = pointAt(RADIUS, index * width);
  const [endX, endY] = pointAt(RADIUS, (index + 1) * width);
  // With an odd number of pieces the first and the last would share a colour side by side.
  const colour = count % 2 === 1 && index === count - 1 ? 'c' : index % 2 === 0 ? 'a' : 'b';
  const path = `M0 0 L${startX} ${startY} A${RADIUS} ${RADIUS} 0 0 1 ${endX} ${endY} Z`;
  return (
    <g>
      <path d={path} class={`piece piece-${colour}`} />
      <g transform={`rotate(${(index + 0.5) * width})`} text-anchor="middle">
        <Label segment={segment} count={count} words={words} />
      </g>
    </g>
  );
}

function Label({ segment, count, words }: { segment: Segment; count: number; words: Words }) {
  if (segment.kind === 'prize' && segment.amountFen > 0) {
    const amount = formatYuan(segment.amountFen);
    // A digit is about 0.6 of its height wide; the unit beside it is half as tall.
    const size = Math.min(25, widthAt(112, count) / (amount.length * 0.6 + 0.6));
    return (
      <>
        <text class="piece-amount" y="-112" style={{ fontSize: `${round(size)}px` }}>
          {amount}
          <tspan class="piece-unit" dx="1" style={{ fontSize: `${round(size / 2)}px` }}>
            {words.yuan}
          </tspan>
        </text>
        <Name text={segment.name} radius={94} count={count} />
        <PacketMark y={-82} />
      </>
    );
  }
  const label = segment.kind === 'blank' ? words.blank : segment.kind === 'more' ? words.more : segment.name;
  return (
    <>
      <Name text={label} radius={110} count={count} />
      {segment.kind === 'blank' ? (
        <FlowerMark y={-88} />
      ) : segment.packet ? (
        <PacketMark y={-100} />
      ) : (
        <GiftMark y={-100} />
      )}
    </>
  );
}

/** A name as large as its piece allows, cut where even small letters do not fit. */
function Name({ text, radius, count }: { text: string; radius: number; count: number }) {
  const width = widthAt(radius, count);
  const letters = Array.from(text);
  const wide = (shown: readonly string[]) => shown.reduce((sum, letter) => sum + (letter < '\u0300' ? 0.58 : 1), 0);
  let shown = letters;
  while (wide(shown) * 10.5 > width && shown.length > 2) shown = shown.slice(0, -1);
  const size = Math.min(14, width / wide(shown));
  const cut = shown.length < letters.length;
  return (
    <text class="piece-name" y={-radius} style={{ fontSize: `${round(size)}px` }}>
      {cut ? `${shown.slice(0, -1).join('')}…` : text}
    </text>
  );
}

/** How much room a piece has across at a distance from the hub, less a little air. */
function widthAt(radius: number, count: number): number {
  return 2 * radius * Math.sin(Math.PI / Math.max(count, 4)) * 0.88;
}

function PacketMark({ y }: { y: number }) {
  return (
    <g transform={`translate(-9 ${y})`}>
      <rect width="18" height="23" rx="3" fill="#d91f33" />
      <path d="M0 3a3 3 0 0 1 3-3h12a3 3 0 0 1 3 3v3c-5 5-13 5-18 0z" fill="#b3122a" />
      <circle cx="9" cy="9.5" r="3.4" fill="#ffd479" />
    </g>
  );
}

function GiftMark({ y }: { y: number }) {
  return (
    <g transform={`translate(-10 ${y})`}>
      <rect x="1" y="8" width="18" height="13" rx="2" fill="#d91f33" />
      <rect y="4" width="20" height="6" rx="1.5" fill="#b3122a" />
      <path d="M8.5 4h3v17h-3z" fill="#ffd479" />
      <path d="M10 4C6-1 3 1 5 4zm0 0c4-5 7-3 5 0z" fill="#ffd479" />
    </g>
  );
}

function FlowerMark({ y }: { y: number }) {
  return (
    <g transform={`translate(0 ${y})`} fill="#f19a86">
      {[0, 72, 144, 216, 288].map((angle) => (
        <circle key={angle} cy="-6" r="4.6" transform={`rotate(${angle})`} />
      ))}
      <circle r="3" fill="#fff6e0" />
    </g>
  );
}

function pointAt(radius: number, degrees: number): readonly [number, number] {
  const radians = ((degrees - 90) * Math.PI) / 180;
  return [round(radius * Math.cos(radians)), round(radius * Math.sin(radians))];
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
