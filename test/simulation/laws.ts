import type { ActivityId } from '../../src/base/ids.ts';
import type { Packet } from '../../src/simulator/pay/books.ts';
import type { PaySide } from './pay-side.ts';
import type { PayoutView, SimulatedStore, StoreView, Win } from './simulated-store.ts';
import type { Witness } from './witness.ts';

/** What the laws are judged by: our side, WeChat Pay's side, and what was won. */
export interface Bench {
  readonly store: SimulatedStore;
  readonly view: StoreView;
  readonly witness: Witness;
  readonly paySides: readonly PaySide[];
  /** By order number, those among them that a restored backup forgot. */
  readonly won: ReadonlyMap<string, Win>;
  readonly budgetFen: number;
  readonly activities: readonly ActivityId[];
}

/** An award's number without the digit of a re-issue: prefix and 22 digits. */
const NUMBER_LENGTH = 26;

/** Paid and promised together never exceed the budget; no award has two packets out. */
export function checkBudgets({ view, paySides, witness, budgetFen, activities }: Bench): void {
  const out = new Map<string, number>();
  for (const { books } of paySides)
    for (const [number, times] of books.paidCountByNumber) {
      const award = number.slice(0, NUMBER_LENGTH);
      const back = books.packet(number)?.status === 'REFUND' ? 1 : 0;
      out.set(award, (out.get(award) ?? 0) + times - back);
    }
  for (const [award, times] of out)
    if (times > 1) witness.violate('at most one paid packet per award', `${award} is paid ${times} times`);
  for (const activity of activities) {
    let fen = 0;
    for (const payout of lastNumbers(view))
      if (payout.activityId === activity && (payout.state !== 'returned' || (out.get(awardOf(payout)) ?? 0) > 0))
        fen += payout.amountFen;
    if (fen > budgetFen) witness.violate('paid + reserved <= budget', `${fen} of ${budgetFen} fen`);
  }
}

/** Each award's last number, which speaks for it. */
function lastNumbers({ payouts }: StoreView): readonly PayoutView[] {
  const last = new Map<string, PayoutView>();
  for (const payout of payouts)
    if (payout.series >= (last.get(payout.awardId)?.series ?? 0)) last.set(payout.awardId, payout);
  return [...last.values()];
}

function awardOf({ orderNumber }: { readonly orderNumber: string }): string {
  return orderNumber.slice(0, NUMBER_LENGTH);
}

/** Everything that must be true when all has come to its end. */
export async function checkEnd(bench: Bench): Promise<void> {
  const { store, view, witness } = bench;
  checkBudgets(bench);
  checkSimulator(bench);
  const packets = new Map(bench.paySides.flatMap(({ books }) => books.packets()).map((item) => [item.number, item]));
  const last = new Set(lastNumbers(view));
  for (const payout of view.payouts) {
    const packet = packets.get(payout.orderNumber);
    const wrong = (last.has(payout) ? endFault(payout) : replacedFault(payout)) ?? mismatch(payout, packet);
    if (wrong !== null) witness.violate(wrong, describe(payout, packet));
    const kept = witness.packageOf(payout.orderNumber);
    if (kept !== null && kept !== payout.packageInfo)
      witness.violate('what a transfer is confirmed with is never lost', payout.orderNumber);
  }
  for (const difference of await store.differences()) witness.violate('books agree', difference);
  await checkSums(bench);
}

/** By the simulator's own books: no number known that is of no award of ours, no rule of calling broken. */
function checkSimulator({ paySides, witness, won }: Bench): void {
  for (const { books } of paySides) {
    for (const violation of books.violations) witness.violate(violation.kind, `${violation.number}: ${violation.text}`);
    for (const number of books.paidCountByNumber.keys())
      if (!won.has(number.slice(0, NUMBER_LENGTH))) witness.violate('no number that is not ours', number);
  }
}

/** Only a number that was proved unpaid is followed by another one. */
function replacedFault({ state }: PayoutView): string | null {
  return state === 'dead' || state === 'returned' ? null : 'a new number only when the old one is proved unpaid';
}

function endFault({ state, award, reason }: PayoutView): string | null {
  if (state === 'received' || state === 'returned') return award === state ? null : 'the award shows its end';
  if (state !== 'parked' && state !== 'dead') return 'every award ends';
  if (award !== 'parked') return 'the award shows its end';
  return reason === null || reason === '' ? 'parked with a reason' : null;
}

/** WeChat Pay did not tell what became of it for as long as it may be asked: a person has to find out. */
function wasNeverTold({ state, reason }: PayoutView): boolean {
  return state === 'parked' && /^(paid, but|queries bring no answer)/.test(reason ?? '');
}

function mismatch(payout: PayoutView, packet: Packet | undefined): string | null {
  const { state, amountFen, openid } = payout;
  const there = statusOf(packet);
  if (packet !== undefined && (packet.amountFen !== amountFen || packet.openid !== openid)) return 'books agree';
  if (wasNeverTold(payout)) return null;
  const allowed: Readonly<Record<string, readonly string[]>> = {
    received: ['RECEIVED'],
    returned: ['REFUND'],
    dead: ['FAILED'],
    parked: ['none', 'SENDING', 'FAILED'],
  };
  return allowed[state]?.includes(there) === true ? null : `${state} here is not so there`;
}

/** A transfer that was taken back died there, although its money came back too. */
function statusOf(packet: Packet | undefined): string {
  return packet?.transfer?.takenBack === true && packet.status === 'REFUND' ? 'FAILED' : (packet?.status ?? 'none');
}

function describe(payout: PayoutView, packet: Packet | undefined): string {
  const { orderNumber, state, award, reason } = payout;
  return `${orderNumber} ${state}, award ${award}, ${reason ?? 'no reason'}; there ${packet?.status ?? 'none'}`;
}

/** What was delivered and returned here is what was received and refunded there, but for awards a backup forgot. */
async function checkSums({ store, view, witness, paySides, activities }: Bench): Promise<void> {
  const ours = new Set(view.payouts.filter((item) => !wasNeverTold(item)).map((item) => item.orderNumber));
  const there = { received: 0, refunded: 0 };
  for (const packet of paySides.flatMap(({ books }) => books.packets())) {
    if (!ours.has(packet.number as PayoutView['orderNumber'])) continue;
    if (packet.status === 'RECEIVED') there.received += packet.amountFen;
    if (statusOf(packet) === 'REFUND') there.refunded += packet.amountFen;
  }
  const here = { delivered: 0, returned: 0, inFlight: 0, everything: 0 };
  for (const activity of activities) {
    here.delivered += await store.balanceFen(activity, 'delivered');
    here.returned += await store.balanceFen(activity, 'returned');
    for (const account of ['funding', 'budget', 'reserved', 'in-flight', 'delivered', 'returned'])
      here.everything += await store.balanceFen(activity, account);
  }
  const returnedFen = view.payouts.reduce((sum, item) => sum + (item.state === 'returned' ? item.amountFen : 0), 0);
  if (here.delivered !== there.received)
    witness.violate('books agree', `delivered ${here.delivered}, received there ${there.received}`);
  if (returnedFen !== there.refunded)
    witness.violate('books agree', `returned ${returnedFen}, refunded there ${there.refunded}`);
  if (here.everything !== 0) witness.violate('books agree', `all accounts together hold ${here.everything}`);
}
