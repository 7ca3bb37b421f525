import type { ActivityPageState, DrawAnswer } from '../../../http/contract/activity-page.ts';
import type { BeginDraw } from '../use-draw.ts';
import type { Words } from '../words.ts';

/** What every play gets: `answer` is set once the server has decided, and the play says when it has shown it. */
export interface PlayProps {
  readonly state: ActivityPageState;
  readonly answer: DrawAnswer | null;
  readonly busy: boolean;
  readonly disabled: boolean;
  readonly words: Words;
  /** Asks for a draw, with what the person gave where the play asks for something. */
  readonly onDraw: BeginDraw;
  readonly onRevealed: () => void;
}
