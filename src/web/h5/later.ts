/** What nobody needs before the page can be played: loaded right after that, as one script. */
export { MoreChances } from './more-chances.tsx';
export { ResultCard } from './result-card.tsx';
export { Winners } from './winners.tsx';
