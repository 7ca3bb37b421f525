import type { z } from 'zod';
import { WrongRequest } from '../../base/errors.ts';
import { activityId } from '../../base/ids.ts';
import type { ActivityId } from '../../base/ids.ts';
import type { ConsoleReads } from '../../flows/ports/console-reads.ts';
import type { ReissueSelection } from '../../flows/ports/reissues.ts';
import type { ReissuePayouts } from '../../flows/reissue-payouts.ts';
import {
  decideReissueRequest,
  previewReissueRequest,
  reissueAnswer,
  reissuePreviewAnswer,
  reissuesAnswer,
  requestReissueRequest,
} from '../contract/console-reissues.ts';
import type { reissueSelection } from '../contract/console-reissues.ts';
import { pageQuery } from '../contract/console-lists.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { openidFor } from '../presenters/person.ts';
import { shownReissue, shownReissueItems } from '../presenters/reissues.ts';
import { readMerchantId } from './console-payments.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

export interface ReissueRouteDependencies {
  readonly reissuePayouts: ReissuePayouts;
  readonly reads: ConsoleReads;
}

const REISSUE_ID = /^[0-9a-z-]{1,64}$/;

/** Asking for new numbers in place of dead ones, and a second person's answer. */
export function reissueRoutes(dependencies: ReissueRouteDependencies): readonly ConsoleRoute[] {
  return [...askingRoutes(dependencies), ...decidingRoutes(dependencies)];
}

function askingRoutes({ reissuePayouts, reads }: ReissueRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'previewReissue',
      method: 'POST',
      path: '/reissues/preview',
      access: 'payments.operate',
      summary: 'What a selection of dead numbers holds, before anything is asked for',
      body: previewReissueRequest,
      answer: reissuePreviewAnswer,
      handle: async ({ body, operator }) => {
        const { candidates, payouts, amountFen } = await reissuePayouts.preview(readSelection(body.selection));
        const shown = candidates.map((one) => ({ ...one, openid: openidFor(operator, one.openid) }));
        return { candidates: shown, payouts, amountFen };
      },
    }),
    consoleRoute({
      name: 'requestReissue',
      method: 'POST',
      path: '/reissues',
      access: 'payments.operate',
      summary: 'Ask that the awards of a selection get new numbers; another person decides',
      body: requestReissueRequest,
      answer: reissuesAnswer.shape.reissues.element,
      handle: async ({ body, operator }) => {
        const reissue = await reissuePayouts.request(operator, readSelection(body.selection), body.why);
        return shownReissue(reissue, operator, await reads.operatorNames());
      },
    }),
  ];
}

function decidingRoutes({ reissuePayouts, reads }: ReissueRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listReissues',
      method: 'GET',
      path: '/reissues',
      access: 'payments.view',
      summary: 'Re-issues, the latest first',
      query: pageQuery,
      answer: reissuesAnswer,
      handle: async ({ operator, query: { after, limit } }) => {
        const page = { after: readCursor(after, REISSUE_ID), limit };
        const [{ rows, next }, names] = await Promise.all([reissuePayouts.list(page), reads.operatorNames()]);
        return { reissues: rows.map((reissue) => shownReissue(reissue, operator, names)), next: writeCursor(next) };
      },
    }),
    consoleRoute({
      name: 'showReissue',
      method: 'GET',
      path: '/reissues/:id',
      access: 'payments.view',
      summary: 'A re-issue with its numbers and what became of each',
      answer: reissueAnswer,
      handle: async ({ params, operator }) => {
        const [reissue, names] = await Promise.all([reissuePayouts.find(readId(params)), reads.operatorNames()]);
        return shownReissueItems(reissue, operator, names);
      },
    }),
    consoleRoute({
      name: 'decideReissue',
      method: 'POST',
      path: '/reissues/:id/decision',
      access: 'payments.operate',
      summary: 'Approve or refuse another person’s request, or withdraw your own',
      body: decideReissueRequest,
      answer: reissueAnswer,
      handle: async ({ params, body, operator }) => {
        const decided = await reissuePayouts.decide(operator, readId(params), body.decision);
        return shownReissueItems(decided, operator, await reads.operatorNames());
      },
    }),
  ];
}

function readSelection(selection: z.output<typeof reissueSelection>): ReissueSelection {
  const { activityId: activity } = selection;
  return {
    ...selection,
    reason: selection.reason === '' ? null : selection.reason,
    merchantId: readMerchantId(selection.merchantId),
    activityId: activity === null ? null : readActivity(activity),
  };
}

function readActivity(value: string): ActivityId {
  try {
    return activityId(value);
  } catch (cause) {
    const message = 'there is no such activity';
    const faults = [{ path: 'activityId', message }];
    throw new WrongRequest('selection-faulty', message, { faults, cause });
  }
}

function readId(params: Readonly<Record<string, string>>): string {
  const id = params['id'] ?? '';
  if (!REISSUE_ID.test(id)) {
    throw new WrongRequest('reissue-not-found', 'there is no such re-issue', { status: 404 });
  }
  return id;
}
