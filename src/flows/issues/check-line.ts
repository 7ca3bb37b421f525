import { findPacketAmountFault, isPlainAmount } from '../../base/pay-amount.ts';
import type { CheckedLine, IssueFault, IssuePayer } from '../ports/issue-batches.ts';

/** One line of a file as its cells say it, not yet checked. `fault`: it could not be taken apart. */
export interface FileLine {
  readonly line: number;
  readonly openid: string;
  /** As written; empty where the file has none. */
  readonly amount: string;
  readonly amountIn: 'yuan' | 'fen';
  readonly note: string;
  readonly fault?: 'line-too-long';
}

/** What lines are held against. */
export interface LineTerms {
  readonly defaultAmountFen: number | null;
  readonly sceneId: string | null;
  readonly limits: IssuePayer['limits'];
}

// Real openids have 28 characters; what is much shorter is a word of some other column.
const OPENID = /^[A-Za-z0-9_-]{16,64}$/;
const NOTE_MAX = 100;
const SHOWN_MAX = 100;
const YUAN = /^(\d{1,7})(?:\.(\d{1,2})0*)?$/;
const FEN = /^\d{1,9}$/;

/** Checks one line and returns it as it is kept. A line with several faults is told by the first, from left to right. */
export function checkLine(given: FileLine, terms: LineTerms): CheckedLine {
  const { line, openid, note } = given;
  const faulty = (fault: IssueFault): CheckedLine => ({
    line,
    openid: '',
    amountFen: 0,
    note: '',
    fault,
    text: shown(given),
  });
  if (given.fault !== undefined) return faulty(given.fault);
  if (openid === '') return faulty('openid-missing');
  if (!OPENID.test(openid)) return faulty('openid-malformed');
  const amountFen = given.amount === '' ? terms.defaultAmountFen : readAmount(given.amount, given.amountIn);
  if (amountFen === null) return faulty(given.amount === '' ? 'amount-missing' : 'amount-malformed');
  if (!isPayable(amountFen, terms)) return faulty('amount-not-allowed');
  if (note.length > NOTE_MAX) return faulty('note-too-long');
  return { line, openid, amountFen, note, fault: null, text: null };
}

/** Reads an amount in fen or, with at most two decimals, in yuan: `1`, `1.5`, `¥1.50`, `1.50元`; null for anything else. */
export function readAmount(text: string, unit: FileLine['amountIn']): number | null {
  if (unit === 'fen') return FEN.test(text) ? Number(text) : null;
  const bare = text.replace(/^[¥￥]\s*/, '').replace(/\s*元$/, '');
  const [, yuan, decimals = ''] = YUAN.exec(bare) ?? [];
  return yuan === undefined ? null : Number(yuan) * 100 + Number(decimals.padEnd(2, '0'));
}

/** Whether the merchant sends this amount to one person. The scene goes along only with an amount that needs one. */
function isPayable(amountFen: number, { sceneId, limits }: LineTerms): boolean {
  const scene = isPlainAmount(amountFen) ? null : sceneId;
  if (findPacketAmountFault({ amountFen, sceneId: scene }, limits) !== null) return false;
  return amountFen <= limits.personDayFen && amountFen <= limits.dayFen;
}

function shown({ openid, amount, note }: FileLine): string {
  const cells = [openid, amount, note].join(',').replace(/,+$/, '');
  return cells.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, ' ').slice(0, SHOWN_MAX);
}
