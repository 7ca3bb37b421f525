import type { ComponentType } from 'preact';
import type { PagePlay } from '../../http/contract/activity-page.ts';
import type { PlayProps } from './plays/play-props.ts';

// Each play is a script of its own: nobody waits for one they do not see.
const PLAYS: Readonly<Record<PagePlay, () => Promise<{ readonly Play: ComponentType<PlayProps> }>>> = {
  wheel: () => import('./plays/wheel.tsx'),
  'nine-grid': () => import('./plays/nine-grid.tsx'),
  scratch: () => import('./plays/scratch.tsx'),
  rain: () => import('./plays/rain.tsx'),
  button: () => import('./plays/button.tsx'),
  calendar: () => import('./plays/calendar.tsx'),
  code: () => import('./plays/code.tsx'),
  riddle: () => import('./plays/riddle.tsx'),
};

const WAITS_MS = [500, 1500, 4000];

/** Loads what the page plays; tries again a few times, and undefined when the connection stays away. */
export async function loadPlay(play: PagePlay): Promise<ComponentType<PlayProps> | undefined> {
  for (const waitMs of [...WAITS_MS, null]) {
    try {
      return (await PLAYS[play]()).Play;
    } catch {
      if (waitMs !== null) await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
  return undefined;
}
