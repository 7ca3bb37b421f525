/** @jsxImportSource preact */
import { useEffect, useRef } from 'preact/hooks';
import type { DrawAnswer } from '../../../http/contract/activity-page.ts';
import { formatYuan } from '../../shared/format-yuan.ts';
import { ScratchedArea } from '../scratched-area.ts';
import type { Words } from '../words.ts';
import type { PlayProps } from './play-props.ts';
import { wantsLessMotion } from './use-reveal.ts';

const ENOUGH = 0.55;
const FINGER_PX = 24;
const LOOK_MS = 700;

/** A card whose cover is rubbed off once the server has decided what is below it; a button does it without rubbing. */
export function Play({ answer, busy, disabled, words, onDraw, onRevealed }: PlayProps) {
  const cover = useRef<HTMLCanvasElement>(null);
  const uncover = useRef<HTMLButtonElement>(null);
  const finish = useRef(onRevealed);
  finish.current = onRevealed;
  useEffect(() => {
    if (cover.current !== null) paintCover(cover.current);
    if (answer === null) return;
    uncover.current?.focus({ preventScroll: true });
    if (!wantsLessMotion()) return;
    const timer = setTimeout(() => finish.current(), 250);
    return () => clearTimeout(timer);
  }, [answer]);
  useScratching(cover, answer, () => setTimeout(() => finish.current(), LOOK_MS));
  const waiting = answer === null;
  return (
    <div class="scratch">
      <div class="scratch-card">
        <div class="scratch-below">{answer !== null && <Below answer={answer} words={words} />}</div>
        <canvas ref={cover} class="scratch-cover" aria-hidden="true" />
        {!waiting && <p class="scratch-hint">{words.scratchHint}</p>}
        {waiting && (
          <button
            class="button play-action scratch-start"
            type="button"
            aria-disabled={disabled || busy}
            onClick={disabled ? undefined : () => onDraw()}
          >
            {busy ? words.asking : words.scratchStart}
          </button>
        )}
      </div>
      {!waiting && (
        <button ref={uncover} class="button button-quiet" type="button" onClick={() => finish.current()}>
          {words.scratchShow}
        </button>
      )}
    </div>
  );
}

function Below({ answer, words }: { answer: DrawAnswer; words: Words }) {
  if (answer.outcome !== 'won') return <b class="scratch-name">{words.blank}</b>;
  return (
    <>
      {answer.amountFen > 0 && (
        <b class="scratch-amount">
          {formatYuan(answer.amountFen)} {words.yuan}
        </b>
      )}
      <b class="scratch-name">{answer.prizeName}</b>
    </>
  );
}

/** Lets a finger or a mouse rub the cover off while there is an answer; calls `onEnough` once. */
function useScratching(
  place: { readonly current: HTMLCanvasElement | null },
  answer: DrawAnswer | null,
  onEnough: () => void,
): void {
  useEffect(() => {
    const canvas = place.current;
    if (canvas === null || answer === null || answer.outcome === 'refused') return;
    const area = new ScratchedArea();
    let enough = false;
    const rub = (event: PointerEvent) => {
      if (enough || (event.pointerType === 'mouse' && event.buttons === 0)) return;
      const box = canvas.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      rubOut(canvas, x, y);
      area.touch(x / box.width, y / box.height, { x: FINGER_PX / box.width, y: FINGER_PX / box.height });
      if (area.share() < ENOUGH) return;
      enough = true;
      canvas.classList.add('scratch-gone');
      onEnough();
    };
    canvas.addEventListener('pointerdown', rub);
    canvas.addEventListener('pointermove', rub);
    return () => {
      canvas.removeEventListener('pointerdown', rub);
      canvas.removeEventListener('pointermove', rub);
    };
  }, [answer]);
}

function rubOut(canvas: HTMLCanvasElement, x: number, y: number): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.globalCompositeOperation = 'destination-out';
  context.fillStyle = '#000';
  context.beginPath();
  context.arc(x, y, FINGER_PX, 0, 2 * Math.PI);
  context.fill();
}

/** Paints the cover in the theme's colours, sharp on every screen. */
function paintCover(canvas: HTMLCanvasElement): void {
  const context = canvas.getContext('2d');
  const { width, height } = canvas.getBoundingClientRect();
  if (context === null || width === 0) return;
  const scale = Math.min(3, devicePixelRatio);
  canvas.width = width * scale;
  canvas.height = height * scale;
  context.scale(scale, scale);
  canvas.classList.remove('scratch-gone');
  const style = getComputedStyle(canvas);
  const shine = context.createLinearGradient(0, 0, width, height);
  shine.addColorStop(0, style.getPropertyValue('--cover-a').trim() || '#d9b25f');
  shine.addColorStop(0.5, style.getPropertyValue('--cover-b').trim() || '#f7e3a8');
  shine.addColorStop(1, style.getPropertyValue('--cover-a').trim() || '#d9b25f');
  context.fillStyle = shine;
  context.fillRect(0, 0, width, height);
  context.fillStyle = 'rgba(255,255,255,.28)';
  for (let y = 14; y < height; y += 28) {
    for (let x = (y / 14) % 4 === 1 ? 14 : 32; x < width; x += 36) context.fillRect(x, y, 6, 6);
  }
}
