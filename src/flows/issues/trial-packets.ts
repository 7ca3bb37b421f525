import { WrongRequest } from '../../base/errors.ts';
import type { AccountId, ActivityId } from '../../base/ids.ts';
import type { Logger } from '../../base/logger.ts';
import type { Page, PageRequest } from '../ports/console-reads.ts';
import type { IssueBatch, IssueBatchStore, IssueLine, IssuePacket } from '../ports/issue-batches.ts';
import type { Operator } from '../ports/operators.ts';
import type { Clock, Luck } from '../ports/time-and-luck.ts';
import type { TrialPacketStore } from '../ports/trial-packets.ts';
import { checkLine } from './check-line.ts';
import { issueRule } from './issue-rule.ts';

/** Of so many that were asked for last it is seen how many still wait. */
const LOOKED_AT = 20;
const WAITING_MAX = 3;
const NAME = '试发红包（测试）';

/** What a trial is made of. */
export interface NewTrial {
  readonly account: AccountId;
  /** Whoever tries it: their own. */
  readonly openid: string;
  readonly amountFen: number;
  readonly packet: IssuePacket;
}

/** A trial and what became of it. */
export interface Trial {
  readonly batch: IssueBatch;
  readonly line: IssueLine | null;
}

/**
 * One packet to oneself before an activity goes live, the whole way that a winner's goes. A second person always says yes, and it
 * is booked under an activity of its own that no number counts.
 */
export interface TrialPackets {
  /**
   * Asks for one. Throws WrongRequest `account-not-found` (404), `merchant-missing`, `trials-waiting` (409: decide on those
   * first), `trial-faulty` (400: what the merchant may not send), `rule-faulty` (400) and OutsideTrouble.
   */
  ask(operator: Operator, wish: NewTrial): Promise<Trial>;
  /** The newest first. */
  list(account: AccountId, page: PageRequest): Promise<Page<Trial>>;
}

interface TrialParts {
  readonly issues: Pick<
    IssueBatchStore,
    'payer' | 'create' | 'find' | 'beginReading' | 'addLines' | 'endReading' | 'lines' | 'move'
  >;
  readonly trials: TrialPacketStore;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly luck: Pick<Luck, 'randomId'>;
  readonly logger: Logger;
}

/** Builds the flow over batches of packets: a trial is a batch of one line that is asked about whatever it is worth. */
export function createTrialPackets(parts: TrialParts): TrialPackets {
  const { issues, trials, clock, luck, logger } = parts;
  const list = async (account: AccountId, page: PageRequest): Promise<Page<Trial>> => {
    const shown: Trial[] = [];
    const { rows, next } = await trials.list(account, page);
    for (const key of rows) {
      const batch = await issues.find(key);
      if (batch === undefined) continue;
      const [line] = await issues.lines(key, { after: 0, most: 1, faulty: false });
      shown.push({ batch, line: line ?? null });
    }
    return { rows: shown, next };
  };
  const newest = async (account: AccountId, limit: number) => (await list(account, { after: null, limit })).rows;
  return {
    list,
    async ask(operator, wish) {
      const line = await checkedLine(issues, wish);
      const waiting = (await newest(wish.account, LOOKED_AT)).filter(({ batch }) => batch.state === 'asked');
      if (waiting.length >= WAITING_MAX) {
        throw conflict('trials-waiting', `${WAITING_MAX} trials wait for a second person: have these decided first`);
      }
      const nowMs = clock.nowMs();
      const { account, packet, amountFen } = wish;
      const one = { people: 1, amountFen, amountMinFen: amountFen, amountMaxFen: amountFen };
      issueRule({ name: NAME, ...one, packet }, nowMs);
      const batch = await issues.create({
        account,
        packet,
        id: luck.randomId(),
        activity: luck.randomId() as ActivityId,
        name: NAME,
        note: '',
        defaultAmountFen: null,
        linesPerMinute: 60,
        operator: operator.id,
        nowMs,
      });
      await trials.note(batch, nowMs);
      await issues.beginReading(batch, { fileName: NAME, nowMs });
      await issues.addLines(batch, [line]);
      await issues.endReading(batch, { fileHash: `trial:${batch.id}`, lines: 1 });
      await issues.move(batch, { from: ['prepared'], to: 'asked', confirmedBy: operator.id, nowMs });
      logger.info({ operator: operator.id, issue: batch.id, amountFen }, 'trial-asked');
      const [shown] = await newest(account, 1);
      return shown ?? { batch, line: null };
    },
  };
}

async function checkedLine(issues: TrialParts['issues'], { account, openid, amountFen, packet }: NewTrial) {
  const payer = await issues.payer(account);
  if (payer === undefined) throw new WrongRequest('account-not-found', 'there is no such account', { status: 404 });
  if (payer === null) throw conflict('merchant-missing', 'red packets need a merchant: link one to the account first');
  const terms = { defaultAmountFen: null, sceneId: packet.sceneId, limits: payer.limits };
  const given = { line: 1, openid, amount: String(amountFen), amountIn: 'fen', note: '' } as const;
  const line = checkLine(given, terms);
  if (line.fault === null) return line;
  const path = line.fault.startsWith('openid') ? 'openid' : 'amountFen';
  const faults = [{ path, message: line.fault }];
  throw new WrongRequest('trial-faulty', `this packet cannot be sent: ${line.fault}`, { faults });
}

function conflict(code: string, message: string): WrongRequest {
  return new WrongRequest(code, message, { status: 409 });
}
