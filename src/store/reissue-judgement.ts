/** What is known under lock of a number that an award is to get a new one for. Amounts are fen. */
export interface UnpaidNumber {
  readonly amountFen: number;
  readonly state: string;
  readonly series: number;
  /** What the query that is the proof showed; null when there is no such query. */
  readonly proof: string | null;
  /** Whether WeChat Pay told anything that speaks against the proof. */
  readonly doubted: boolean;
  /** Whether the award has a number that may still pay, or a later one. */
  readonly replaced: boolean;
  /** Whether the person was erased, so that nobody knows any more whom to pay. */
  readonly erased: boolean;
  /** Whether the activity lets returned packets be issued again. */
  readonly returnedAllowed: boolean;
  /** Balances of the award in the books; the budget's is negative while the award holds its money. */
  readonly reservedFen: number;
  readonly returnedFen: number;
  readonly budgetFen: number;
}

/** Where the money of the new number comes from, or why there is none. */
export type ReissueVerdict =
  | { readonly kind: 'issue'; readonly from: 'reserved' | 'returned' | 'budget' }
  | { readonly kind: 'left out'; readonly why: string };

/** Series 0 is the first number, 61 the last: one base62 digit tells them apart. */
export const SERIES_MAX = 61;

/**
 * Decides whether an award gets a new number: only if its old one is proved unpaid, nothing speaks against the proof,
 * no other number of it may pay, and the books have its money where the proof says. Pure.
 */
export function judgeReissue(number: UnpaidNumber, budgetLeftFen: number): ReissueVerdict {
  const { state, proof, amountFen } = number;
  if (state !== 'dead' && state !== 'returned') return leftOut(`its number is ${state} now`);
  const wanted = state === 'dead' ? 'FAILED' : 'REFUND';
  if (proof !== wanted) return leftOut(`its proof should show ${wanted} and shows ${proof ?? 'nothing'}`);
  if (number.doubted) return leftOut('WeChat Pay has told something that speaks against its proof');
  if (number.replaced) return leftOut('its award has another number');
  if (number.erased) return leftOut('its person was erased');
  if (number.series >= SERIES_MAX) return leftOut(`its award has used all ${SERIES_MAX + 1} numbers`);
  if (state === 'returned' && !number.returnedAllowed) return leftOut('its activity issues no returned packet again');
  const from = moneyPlace(number);
  const expected = state === 'dead' ? from === 'reserved' : from === 'returned' || from === 'budget';
  if (from === null || !expected) return leftOut('the books have its money elsewhere');
  if (from === 'budget' && amountFen > budgetLeftFen) return leftOut("the activity's budget no longer holds it");
  return { kind: 'issue', from };
}

function moneyPlace(number: UnpaidNumber): 'reserved' | 'returned' | 'budget' | null {
  const { amountFen, reservedFen, returnedFen, budgetFen } = number;
  if (budgetFen === 0 && reservedFen === 0 && returnedFen === 0) return 'budget';
  if (budgetFen !== -amountFen) return null;
  if (reservedFen === amountFen && returnedFen === 0) return 'reserved';
  return returnedFen === amountFen && reservedFen === 0 ? 'returned' : null;
}

function leftOut(why: string): ReissueVerdict {
  return { kind: 'left out', why };
}
