/** @jsxImportSource preact */
import type { ActivityPageState, PagePrize } from '../../http/contract/activity-page.ts';
import { formatYuan } from '../shared/format-yuan.ts';
import type { Words } from './words.ts';

/** What can be won, how likely it is and how much is left; below it how the person's last draw ended. */
export function Prizes({ state, words }: { readonly state: ActivityPageState; readonly words: Words }) {
  const { last } = state.person;
  return (
    <section class="sheet prizes" aria-labelledby="prizes-title">
      <h2 id="prizes-title">{words.prizes}</h2>
      <ul>
        {state.prizes.map((prize) => (
          <li key={prize.id} class={prize.soldOut ? 'prize prize-gone' : 'prize'}>
            <span class={worthOf(prize) === '' ? 'prize-mark prize-mark-gift' : 'prize-mark'} aria-hidden="true" />
            <span class="prize-name">{prize.name}</span>
            <span class="prize-worth">
              {prize.soldOut ? words.soldOut : worthOf(prize) === '' ? '' : `${worthOf(prize)} ${words.yuan}`}
            </span>
            <span class="prize-odds">
              {prize.odds !== null && `${words.odds} ${prize.odds.percent} · `}
              {words.left(prize.left)}
            </span>
          </li>
        ))}
      </ul>
      {last !== null && (last.outcome === 'won' || state.mechanic !== 'check-in') && (
        <p class="last">
          {words.last}：{last.outcome === 'won' ? words.lastWon(last.prizeName ?? '') : words.lastLost}
        </p>
      )}
    </section>
  );
}

function worthOf({ amountFen, rangeFen }: PagePrize): string {
  if (rangeFen !== null) return rangeFen.map(formatYuan).join('–');
  return amountFen > 0 ? formatYuan(amountFen) : '';
}
