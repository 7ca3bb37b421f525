/** @jsxImportSource preact */
import '../../h5/themes.css';
import '../../h5/style.css';
import '../../h5/plays.css';
import { render } from 'preact';
import type { ActivityPageState, DrawAnswer } from '../../../http/contract/activity-page.ts';
import { App } from '../../h5/app.tsx';
import { loadWords } from '../../h5/words.ts';
import type { PreviewMessage } from './preview-message.ts';

/** What the editor told last; null before. */
let shown: PreviewMessage | null = null;
let draws = 0;

// The page has no server here: what it asks for is answered from the draft, so that nobody draws.
globalThis.fetch = async (input) => {
  const { pathname } = new URL(input instanceof Request ? input.url : String(input), location.href);
  if (shown === null) return Response.json({ code: 'preview', message: '' }, { status: 404 });
  if (pathname.endsWith('/state')) return Response.json({ ...shown.state, nowMs: Date.now() });
  if (pathname.endsWith('/winners')) return Response.json({ winners: [] });
  if (pathname.endsWith('/draw')) return Response.json(pretendedDraw(shown));
  return Response.json({ code: 'preview', message: '' }, { status: 404 });
};

/** Wins and misses by turns, so that both can be looked at. */
function pretendedDraw({ state, texts }: PreviewMessage): DrawAnswer {
  const turn = draws;
  draws += 1;
  const prize = state.prizes[Math.floor(turn / 2) % Math.max(1, state.prizes.length)];
  if (turn % 2 === 1 || prize === undefined) {
    const lost = { outcome: 'lost', why: 'blank', prizeId: null, prizeName: null, amountFen: 0, hint: null } as const;
    return { ...lost, text: texts.lose };
  }
  const amountFen = prize.rangeFen?.[0] ?? prize.amountFen;
  const text = texts.win.replaceAll('{prize}', prize.name).replaceAll('{amount}', (amountFen / 100).toFixed(2));
  return { outcome: 'won', why: null, prizeId: prize.id, prizeName: prize.name, amountFen, text, hint: null };
}

function isMessage(data: unknown): data is PreviewMessage {
  return typeof data === 'object' && data !== null && 'state' in data && 'texts' in data;
}

async function show(message: PreviewMessage): Promise<void> {
  const words = await loadWords(message.language);
  // Another draft may have come meanwhile.
  if (words === undefined || shown !== message) return;
  const page = document.documentElement;
  const { theme, brandColour } = message.state.look;
  page.className = `theme-${theme}`;
  if (brandColour !== null && theme === 'plain') page.style.setProperty('--brand', brandColour);
  else page.style.removeProperty('--brand');
  const place = document.getElementById('app');
  if (place === null) return;
  const state: ActivityPageState = { ...message.state, nowMs: Date.now() };
  // The page keeps the state it began with: another draft is another page.
  render(null, place);
  render(<App first={state} language={message.language} words={words} />, place);
}

addEventListener('message', (event: MessageEvent<unknown>) => {
  if (event.origin !== location.origin || event.source !== parent || !isMessage(event.data)) return;
  shown = event.data;
  void show(event.data);
});
// Links lead to pages that a draft does not have.
document.addEventListener('click', (event) => {
  if (event.target instanceof Element && event.target.closest('a') !== null) event.preventDefault();
});
parent.postMessage('preview-ready', location.origin);
