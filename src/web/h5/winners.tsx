/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import type { PageWinner } from '../../http/contract/activity-page.ts';
import { formatYuan } from '../shared/format-yuan.ts';
import { readWinners } from './draw-client.ts';
import type { Words } from './words.ts';

const FIRST_MS = 1200;
const EVERY_MS = 6000;
const READS_MAX = 300;
const SHOWN = 5;

/** Who won last, read anew every few seconds while somebody looks, half an hour at most. Nothing before the first win. */
export function Winners(props: { readonly slug: string; readonly aheadMs: number; readonly words: Words }) {
  const { words, aheadMs } = props;
  const winners = useWinners(props.slug);
  if (winners.length === 0) return null;
  return (
    <section class="sheet winners" aria-labelledby="winners-title">
      <h2 id="winners-title">{words.winners}</h2>
      <ul>
        {winners.slice(0, SHOWN).map((winner) => (
          <li key={`${winner.who}${winner.atMs}`} class="winner">
            <span class="winner-who">
              {words.someone}
              {winner.who}
            </span>
            <b>
              {winner.prizeName}
              {winner.amountFen > 0 ? ` ${formatYuan(winner.amountFen)} ${words.yuan}` : ''}
            </b>
            <span class="winner-when">{words.ago((Date.now() + aheadMs - winner.atMs) / 60_000)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function useWinners(slug: string): readonly PageWinner[] {
  const [winners, setWinners] = useState<readonly PageWinner[]>([]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let reads = 0;
    const read = async () => {
      if (document.visibilityState === 'visible') {
        reads += 1;
        const found = await readWinners(slug);
        if (found !== undefined) setWinners(found);
      }
      // Everyone's page was opened at another moment; a little chance keeps them apart after a common pause.
      if (reads < READS_MAX && timer !== undefined)
        timer = setTimeout(() => void read(), EVERY_MS * (0.8 + Math.random() * 0.4));
    };
    timer = setTimeout(() => void read(), FIRST_MS);
    return () => {
      clearTimeout(timer);
      timer = undefined;
    };
  }, [slug]);
  return winners;
}
