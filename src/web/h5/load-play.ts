import type { ComponentType } from 'preact';
import type { PagePlay } from '../../http/contract/activity-page.ts';
import type { PlayProps } from './plays/play-props.ts';
import { loadScript } from './load-script.ts';

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

/** Loads what the page plays; undefined when the connection stays away. */
export function loadPlay(play: PagePlay): Promise<ComponentType<PlayProps> | undefined> {
  return loadScript(PLAYS[play]).then((script) => script?.Play);
}
