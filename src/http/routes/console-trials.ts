import { accountId } from '../../base/ids.ts';
import type { AccountId } from '../../base/ids.ts';
import { WrongRequest } from '../../base/errors.ts';
import { shortOpenid } from '../../base/logger.ts';
import type { Trial, TrialPackets } from '../../flows/issues/trial-packets.ts';
import type { ConsoleReads } from '../../flows/ports/console-reads.ts';
import type { Operator } from '../../flows/ports/operators.ts';
import { askTrialRequest, trialAnswer, trialsAnswer } from '../contract/console-trials.ts';
import { pageQuery } from '../contract/console-lists.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import type { TrialAnswer } from '../contract/console-trials.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface TrialRouteDependencies {
  readonly trialPackets: TrialPackets;
  readonly reads: ConsoleReads;
}

const BATCH = /^[0-9a-f]{32}$/;
const PATH = '/accounts/:account/trial-packets';

/** One packet to oneself before an activity goes live. Who decides does so as on any batch of packets. */
export function trialRoutes({ trialPackets, reads }: TrialRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listTrialPackets',
      method: 'GET',
      path: PATH,
      access: 'activities.view',
      summary: 'Packets that operators sent to themselves, and what became of them',
      query: pageQuery.extend({ limit: pageQuery.shape.limit.default(20) }),
      answer: trialsAnswer,
      handle: async ({ params, operator, query: { after, limit } }) => {
        const page = { after: readCursor(after, BATCH), limit };
        const list = trialPackets.list(accountOf(params), page);
        const [{ rows, next }, names] = await Promise.all([list, reads.operatorNames()]);
        return { rows: rows.map((trial) => shown(trial, operator, names)), next: writeCursor(next) };
      },
    }),
    consoleRoute({
      name: 'askTrialPacket',
      method: 'POST',
      path: PATH,
      access: 'activities.batch',
      summary:
        'Ask to send one packet to yourself; another person approves it by decideIssue, and it is booked as a test',
      body: askTrialRequest,
      answer: trialAnswer,
      handle: async ({ params, operator, body: { openid, amountFen, wishing } }) => {
        const packet = { wishing, activityName: '红包测试', remark: '上线前的测试', sceneId: null };
        const trial = await trialPackets.ask(operator, { account: accountOf(params), openid, amountFen, packet });
        return shown(trial, operator, await reads.operatorNames());
      },
    }),
  ];
}

function shown({ batch, line }: Trial, operator: Operator, names: ReadonlyMap<string, string>): TrialAnswer {
  const { id, account, activity, state, amountFen, preparedBy, preparedAtMs } = batch;
  return {
    id,
    accountId: account,
    activityId: activity,
    state,
    openid: shortOpenid(line?.openid ?? ''),
    amountFen,
    askedByName: names.get(preparedBy) ?? preparedBy,
    askedAtMs: preparedAtMs,
    own: preparedBy === operator.id,
    award: line?.award ?? null,
    orderNumber: line?.orderNumber ?? null,
    reason: line?.reason ?? batch.reason,
  };
}

function accountOf(params: Readonly<Record<string, string>>): AccountId {
  try {
    return accountId(params['account'] ?? '');
  } catch {
    throw new WrongRequest('account-not-found', 'there is no such account', { status: 404 });
  }
}
