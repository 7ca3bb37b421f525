import { useRef, useState } from 'preact/hooks';
import type { DrawAnswer } from '../../http/contract/activity-page.ts';
import { askForDraw } from './draw-client.ts';
import type { Trouble } from './draw-client.ts';
import { keepTap, newToken, unansweredTap } from './request-token.ts';

/**
 * Where one draw stands. The answer is known before `revealing` begins: the animation only shows what the server has
 * decided.
 */
export type DrawStage =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking'; readonly trouble: Trouble | null }
  | { readonly kind: 'revealing'; readonly answer: DrawAnswer }
  | { readonly kind: 'shown'; readonly answer: DrawAnswer }
  | { readonly kind: 'gave-up'; readonly trouble: Trouble }
  | { readonly kind: 'fault'; readonly code: string };

/** `said`: what the person gave with it; `to`: another way than the page's own. */
export type BeginDraw = (said?: string, to?: string) => void;

export interface DrawControl {
  readonly stage: DrawStage;
  /** Begins a draw, or goes on with the one whose answer was not shown yet. Ignored while one is under way. */
  readonly begin: BeginDraw;
  readonly revealed: () => void;
  readonly close: () => void;
  /** True when a draw begun before this page was opened still waits for its answer. */
  readonly unanswered: boolean;
}

/** One person's draws on one activity, one at a time. */
export function useDraw(slug: string): DrawControl {
  const [stage, setStage] = useState<DrawStage>({ kind: 'idle' });
  // A state update comes a frame later; a second tap within that frame must find the first one here.
  const underWay = useRef(false);
  const ask = async (said: string | null, to: string | null) => {
    if (underWay.current) return;
    underWay.current = true;
    const tap = unansweredTap(slug) ?? { token: newToken(), said, to };
    keepTap(slug, tap);
    setStage({ kind: 'asking', trouble: null });
    const outcome = await askForDraw(slug, tap, (trouble) => setStage({ kind: 'asking', trouble }));
    // Neither trouble on the way nor a session that ran out says what became of the draw: the token stays for later.
    if (outcome.kind === 'fault' && outcome.code !== 'session-needed') keepTap(slug, null);
    if (outcome.kind !== 'answer') {
      underWay.current = false;
      setStage(outcome);
      return;
    }
    const refused = outcome.answer.outcome === 'refused';
    underWay.current = !refused;
    // A page closed while the wheel turns shows the same result when it comes back, so a win's token stays till then.
    if (refused) keepTap(slug, null);
    setStage({ kind: refused ? 'shown' : 'revealing', answer: outcome.answer });
  };
  return {
    stage,
    begin: (said, to) => void ask(said ?? null, to ?? null),
    revealed: () => {
      underWay.current = false;
      keepTap(slug, null);
      setStage((now) => (now.kind === 'revealing' ? { kind: 'shown', answer: now.answer } : now));
    },
    close: () => setStage({ kind: 'idle' }),
    unanswered: unansweredTap(slug) !== undefined,
  };
}
