import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { become, readChat, readDraws, readHappened, readState } from './api.ts';
import type { ChatItem, Draw, Happening, SimulatorState } from './api.ts';

const POLL_MS = 700;
// One lost answer is no news; the banner comes with the second.
const FAILURES_TOLD_FROM = 2;
const HAPPENINGS_KEPT_MAX = 2_000;

/** What is known about the chosen follower. `draws` is null when no service explains itself. */
export interface PersonView {
  readonly openid: string;
  readonly chat: readonly ChatItem[];
  readonly happenings: readonly Happening[];
  readonly draws: readonly Draw[] | null;
}

export interface Playground {
  readonly state: SimulatorState | null;
  readonly openid: string | null;
  readonly person: PersonView | null;
  readonly offline: boolean;
  readonly choose: (openid: string) => void;
  /** Looks now instead of at the next turn. */
  readonly look: () => void;
}

/** Follows the simulator: every 700 ms while the page is visible, one look at a time. */
export function usePlayground(): Playground {
  const [state, setState] = useState<SimulatorState | null>(null);
  const [person, setPerson] = useState<PersonView | null>(null);
  const [chosen, setChosen] = useState<string | null>(() => location.hash.slice(1) || null);
  const [failures, setFailures] = useState(0);
  const [asked, setAsked] = useState(0);
  const known = useRef<PersonView | null>(null);
  const openid = chosen ?? state?.followers[0]?.openid ?? null;

  useEffect(() => {
    if (openid === null) return;
    // A reload, and a link handed on, keep the follower.
    history.replaceState(null, '', `#${openid}`);
    become(openid).catch(() => setFailures((count) => count + 1));
  }, [openid]);

  useEffect(() => {
    const watch = new Watch(async () => {
      try {
        const nextState = await readState();
        if (watch.stopped) return;
        setState(nextState);
        const exists = nextState.followers.some((follower) => follower.openid === openid);
        if (openid === null || !exists) return setChosen(null);
        const nextPerson = await readPerson(openid, known.current);
        if (watch.stopped) return;
        setPerson((known.current = nextPerson));
        setFailures(0);
      } catch {
        if (watch.stopped) return;
        // A simulator that was started anew counts its happenings from the beginning.
        known.current = null;
        setFailures((count) => count + 1);
      }
    });
    watch.start();
    return () => watch.stop();
  }, [openid, asked]);

  const look = useCallback(() => setAsked((count) => count + 1), []);
  return { state, openid, person, offline: failures >= FAILURES_TOLD_FROM, choose: setChosen, look };
}

async function readPerson(openid: string, before: PersonView | null): Promise<PersonView> {
  const earlier = before?.openid === openid ? before.happenings : [];
  const [chat, news, draws] = await Promise.all([
    readChat(openid),
    readHappened(openid, earlier.at(-1)?.id ?? 0),
    readDraws(openid),
  ]);
  return { openid, chat, draws, happenings: [...earlier, ...news].slice(-HAPPENINGS_KEPT_MAX) };
}

/** Repeats a piece of work with a pause after each turn, and rests while nobody can see the page. */
class Watch {
  stopped = false;
  readonly #work: () => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #busy = false;

  constructor(work: () => Promise<void>) {
    this.#work = work;
  }

  start(): void {
    document.addEventListener('visibilitychange', this.#onVisibility);
    void this.#turn();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.#timer);
    document.removeEventListener('visibilitychange', this.#onVisibility);
  }

  readonly #onVisibility = (): void => {
    clearTimeout(this.#timer);
    if (!document.hidden) void this.#turn();
  };

  async #turn(): Promise<void> {
    if (this.stopped || this.#busy || document.hidden) return;
    this.#busy = true;
    await this.#work();
    this.#busy = false;
    if (!this.stopped) this.#timer = setTimeout(() => void this.#turn(), POLL_MS);
  }
}
