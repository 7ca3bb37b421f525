/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { SimulatorState } from './api.ts';
import { useSpeech } from './words.ts';

const FAULTS = ['answer-lost-after-paying', 'system-error', 'garbage', 'hang'] as const;
const HOUR_MS = 3_600_000;

/** Orders to the simulated world: let the next payout go wrong, let a day pass. */
export function Trouble(properties: {
  readonly state: SimulatorState | null;
  readonly onFault: (kind: string) => void;
  readonly onAdvance: (hours: number) => void;
}) {
  const { words } = useSpeech();
  const { state, onFault, onAdvance } = properties;
  const [open, setOpen] = useState(false);
  const next = state?.faults[0];
  const aheadHours = Math.round((state?.clock.offsetMs ?? 0) / HOUR_MS);
  return (
    <>
      <div class="orders">
        <button type="button" class="order" aria-expanded={open} aria-controls="trouble" onClick={() => setOpen(!open)}>
          {words.trouble}
        </button>
        <button type="button" class="order" onClick={() => onAdvance(1)}>
          {words.advanceHour}
        </button>
        <button type="button" class="order" title={words.advanceNote} onClick={() => onAdvance(24)}>
          {words.advance}
        </button>
      </div>
      {(next !== undefined || aheadHours > 0) && (
        <p class="in-force">
          {next !== undefined && (
            <span class="queued">
              {words.queued(faultName(next.kind, words.faults))}
              {state !== null && state.faults.length > 1 && ` ×${state.faults.length}`}
              <button type="button" class="plain-button" onClick={() => onFault('clear')}>
                {words.clearFaults}
              </button>
            </span>
          )}
          {aheadHours > 0 && <span class="ahead">{words.advanced(aheadHours)}</span>}
        </p>
      )}
      <div id="trouble" class="trouble" hidden={!open}>
        <p class="quiet">{words.troubleNote}</p>
        <ul>
          {FAULTS.map((kind) => (
            <li key={kind}>
              <button type="button" class="fault" onClick={() => onFault(kind)}>
                <strong>{words.faults[kind][0]}</strong>
                <span>{words.faults[kind][1]}</span>
              </button>
            </li>
          ))}
        </ul>
        <p class="quiet">{`${words.advance}: ${words.advanceNote}`}</p>
      </div>
    </>
  );
}

function faultName(kind: string, faults: Readonly<Record<string, readonly string[]>>): string {
  return (Object.hasOwn(faults, kind) ? faults[kind]?.[0] : undefined) ?? kind;
}
