import { addDays, startOfBeijingDayMs } from '../../base/beijing-day.ts';
import type { BeijingDay } from '../../base/beijing-day.ts';
import { WrongRequest } from '../../base/errors.ts';
import type { MerchantId } from '../../base/ids.ts';
import type { BookedPacket, FinanceStore } from '../ports/finance.ts';

/** One line of a fund-flow bill (资金账单). */
export interface BillLine {
  readonly line: number;
  /** 微信支付业务单号: for a packet the number WeChat Pay gave it. */
  readonly railNumber: string;
  /** 业务凭证号: for a packet the merchant's own order number. */
  readonly orderNumber: string;
  readonly direction: 'out' | 'in';
  readonly amountFen: number;
  /** 业务名称 and 业务类型. */
  readonly kind: string;
}

export type BreakKind =
  'not-in-books' | 'amount-differs' | 'not-paid-in-books' | 'not-returned-in-books' | 'not-in-bill' | 'twice-in-bill';

/** Where bill and books differ. */
export interface FundFlowBreak {
  readonly kind: BreakKind;
  /** Of the bill; null for what is in the books only. */
  readonly line: number | null;
  readonly number: string;
  readonly billFen: number | null;
  readonly booksFen: number | null;
  /** Within ten minutes of midnight: the other day's bill may have it. */
  readonly nearMidnight: boolean;
}

/** What a day's bill came to, held against our books; fen. */
export interface FundFlowReport {
  readonly lines: number;
  /** Lines about other things than packets and transfers. */
  readonly others: number;
  readonly bill: Sums;
  readonly books: Pick<Sums, 'sent' | 'sentFen'>;
  readonly matched: number;
  readonly breakCount: number;
  /** The first 500. */
  readonly breaks: readonly FundFlowBreak[];
}

interface Sums {
  readonly sent: number;
  readonly sentFen: number;
  readonly returned: number;
  readonly returnedFen: number;
}

const DAY_MS = 86_400_000;
const BILL_LINES_MAX = 200_000;
const PACKETS_MAX = 400_000;
const BREAKS_MAX = 500;
const NUMBERS_AT_ONCE = 1000;
const MIDNIGHT_MS = 600_000;
/** The bill calls them 现金红包, 商家红包 or 商家转账, and adds 退款 or 退回 for what comes back. */
const PACKETS = /红包|转账/;

/**
 * Holds a merchant's bill of one Beijing day against the books, packet by packet: every amount that left or came back must be one of
 * ours, and every packet that we sent on that day must be in the bill. Throws WrongRequest `bill-too-long` and `bill-empty`
 * (400), and OutsideTrouble.
 */
export async function compareFundFlow(
  store: Pick<FinanceStore, 'packetsSent' | 'packetsByNumber'>,
  asked: { readonly merchant: MerchantId; readonly day: BeijingDay },
  lines: AsyncIterable<BillLine>,
): Promise<FundFlowReport> {
  const fromMs = startOfBeijingDayMs(asked.day);
  const untilMs = startOfBeijingDayMs(addDays(asked.day, 1));
  // What comes back was sent the day before, as a rule.
  const range = { fromMs: fromMs - 2 * DAY_MS, untilMs: untilMs + MIDNIGHT_MS, most: PACKETS_MAX };
  const known = new KnownPackets(await store.packetsSent(asked.merchant, range));
  const bill = await readBill(lines, known);
  await known.addMissing(bill.about, (numbers) => store.packetsByNumber(asked.merchant, numbers));
  const seen = new Set<string>();
  const breaks = bill.about.flatMap((line) => judge(line, known.find(line), seen));
  const ours = known.all().filter((one) => one.paid && isWithin(one.sentAtMs, fromMs, untilMs));
  const missing = ours.filter((one) => !seen.has(keyOf('out', one))).map((one) => missingBreak(one, fromMs, untilMs));
  const all = [...breaks, ...missing];
  return {
    lines: bill.lines,
    others: bill.lines - bill.about.length,
    bill: sumsOf(bill.about),
    books: { sent: ours.length, sentFen: ours.reduce((sum, { amountFen }) => sum + amountFen, 0) },
    matched: bill.about.length - breaks.length,
    breakCount: all.length,
    breaks: all.slice(0, BREAKS_MAX),
  };
}

/** Packets by either number. */
class KnownPackets {
  readonly #byOrder = new Map<string, BookedPacket>();
  readonly #byRail = new Map<string, BookedPacket>();

  constructor(packets: readonly BookedPacket[]) {
    this.#add(packets);
  }

  find({ orderNumber, railNumber }: BillLine): BookedPacket | undefined {
    return this.#byOrder.get(orderNumber) ?? this.#byRail.get(railNumber);
  }

  all(): readonly BookedPacket[] {
    return [...this.#byOrder.values()];
  }

  async addMissing(
    lines: readonly BillLine[],
    ask: (numbers: readonly string[]) => Promise<readonly BookedPacket[]>,
  ): Promise<void> {
    const missing = lines.filter((line) => this.find(line) === undefined).map(({ orderNumber }) => orderNumber);
    for (let from = 0; from < missing.length; from += NUMBERS_AT_ONCE) {
      this.#add(await ask(missing.slice(from, from + NUMBERS_AT_ONCE)));
    }
  }

  #add(packets: readonly BookedPacket[]): void {
    for (const packet of packets) {
      this.#byOrder.set(packet.orderNumber, packet);
      if (packet.railNumber !== null) this.#byRail.set(packet.railNumber, packet);
    }
  }
}

async function readBill(
  lines: AsyncIterable<BillLine>,
  known: KnownPackets,
): Promise<{ readonly lines: number; readonly about: readonly BillLine[] }> {
  const about: BillLine[] = [];
  let count = 0;
  for await (const line of lines) {
    count += 1;
    if (count > BILL_LINES_MAX) {
      throw new WrongRequest('bill-too-long', `a bill of at most ${BILL_LINES_MAX} lines is compared at once`);
    }
    if (PACKETS.test(line.kind) || known.find(line) !== undefined) about.push(line);
  }
  if (count === 0) {
    throw new WrongRequest('bill-empty', 'no line of a fund-flow bill was found: upload 资金账单 as it was downloaded');
  }
  return { lines: count, about };
}

function judge(line: BillLine, packet: BookedPacket | undefined, seen: Set<string>): readonly FundFlowBreak[] {
  const broken = (kind: BreakKind): readonly FundFlowBreak[] => [
    {
      kind,
      line: line.line,
      number: line.orderNumber === '' ? line.railNumber : line.orderNumber,
      billFen: line.amountFen,
      booksFen: packet?.amountFen ?? null,
      nearMidnight: false,
    },
  ];
  if (packet === undefined) return broken('not-in-books');
  const key = keyOf(line.direction, packet);
  if (seen.has(key)) return broken('twice-in-bill');
  seen.add(key);
  if (line.direction === 'out') {
    if (line.amountFen !== packet.amountFen) return broken('amount-differs');
    return packet.paid ? [] : broken('not-paid-in-books');
  }
  // Of a group's packet only what nobody took comes back.
  if (line.amountFen > packet.amountFen) return broken('amount-differs');
  return packet.returned ? [] : broken('not-returned-in-books');
}

function missingBreak(packet: BookedPacket, fromMs: number, untilMs: number): FundFlowBreak {
  const sentAtMs = packet.sentAtMs ?? fromMs;
  return {
    kind: 'not-in-bill',
    line: null,
    number: packet.orderNumber,
    billFen: null,
    booksFen: packet.amountFen,
    nearMidnight: sentAtMs - fromMs < MIDNIGHT_MS || untilMs - sentAtMs < MIDNIGHT_MS,
  };
}

function keyOf(direction: 'out' | 'in', { orderNumber }: BookedPacket): string {
  return `${direction}:${orderNumber}`;
}

function isWithin(atMs: number | null, fromMs: number, untilMs: number): boolean {
  return atMs !== null && atMs >= fromMs && atMs < untilMs;
}

function sumsOf(lines: readonly BillLine[]): Sums {
  const sums = { sent: 0, sentFen: 0, returned: 0, returnedFen: 0 };
  for (const { direction, amountFen } of lines) {
    sums[direction === 'out' ? 'sent' : 'returned'] += 1;
    sums[direction === 'out' ? 'sentFen' : 'returnedFen'] += amountFen;
  }
  return sums;
}
