import type { EditorForm, PrizeForm } from './editor-form.ts';

/** What the prizes table says beside each prize and below all of them. */
export interface Odds {
  /** All tickets, blanks included; 0 where no ticket is drawn. */
  readonly tickets: number;
  /** Share of draws that win anything while stock lasts, in [0, 1]. */
  readonly winShare: number;
  /** Share of each prize, in the order of the prizes. */
  readonly shares: readonly number[];
  /** What all red packets together cost, in fen. */
  readonly worstCaseFen: number;
  /** What a draw costs on average while stock lasts, in fen; null where no ticket is drawn. */
  readonly meanCostFen: number | null;
}

/** Works out a lottery's odds and what the prizes cost at most. Empty fields count as nothing. */
export function oddsOf(form: Pick<EditorForm, 'kind' | 'prizes' | 'blankTickets' | 'prizeId'>): Odds {
  const winnable = form.prizes.filter((prize) => isWinnable(form, prize));
  const worstCaseFen = winnable.reduce((sum, prize) => sum + amountOf(prize) * (prize.stock ?? 0), 0);
  if (form.kind !== 'lottery')
    return { tickets: 0, winShare: 0, shares: form.prizes.map(() => 0), worstCaseFen, meanCostFen: null };
  const winning = form.prizes.reduce((sum, prize) => sum + (prize.tickets ?? 0), 0);
  const tickets = winning + (form.blankTickets ?? 0);
  const share = (count: number): number => (tickets === 0 ? 0 : count / tickets);
  return {
    tickets,
    winShare: share(winning),
    shares: form.prizes.map((prize) => share(prize.tickets ?? 0)),
    worstCaseFen,
    meanCostFen: form.prizes.reduce((sum, prize) => sum + amountOf(prize) * share(prize.tickets ?? 0), 0),
  };
}

function isWinnable(form: Pick<EditorForm, 'kind' | 'prizeId'>, prize: PrizeForm): boolean {
  switch (form.kind) {
    case 'lottery':
      return (prize.tickets ?? 0) > 0;
    case 'keyword':
      return prize.id === form.prizeId;
    case 'check-in':
      return prize.streakDays !== null;
  }
}

function amountOf(prize: PrizeForm): number {
  return prize.kind === 'red-packet' ? (prize.amountFen ?? 0) : 0;
}
