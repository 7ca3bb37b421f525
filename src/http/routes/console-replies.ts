import type { z } from 'zod';
import { activityId } from '../../base/ids.ts';
import type { ActivityId } from '../../base/ids.ts';
import { WrongRequest } from '../../base/errors.ts';
import type { OperateReplies, ShownReply } from '../../flows/settings/operate-replies.ts';
import { revisionQuery } from '../contract/console-accounts.ts';
import {
  addReplyRequest,
  changeReplyRequest,
  orderRepliesRequest,
  repliesAnswer,
  replyAnswer,
} from '../contract/console-replies.ts';
import { readAccountId } from './console-accounts.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

/** Keyword replies: what an account answers without a draw. */
export function replyRoutes({ replies }: { readonly replies: OperateReplies }): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listReplies',
      method: 'GET',
      path: '/accounts/:id/replies',
      access: 'account.view',
      summary: 'Keyword replies, in the order they are looked through',
      answer: repliesAnswer,
      handle: async ({ params }) => shownAll(await replies.list(readAccountId(params['id']))),
    }),
    consoleRoute({
      name: 'addReply',
      method: 'POST',
      path: '/accounts/:id/replies',
      access: 'account.edit',
      summary: 'Add a keyword reply at the end of the order',
      body: addReplyRequest,
      answer: replyAnswer,
      handle: async ({ params, operator, body }) => {
        const content = { ...body, activityId: readLink(body.activityId) };
        return { reply: shown(await replies.add(operator, readAccountId(params['id']), content)) };
      },
    }),
    consoleRoute({
      name: 'changeReply',
      method: 'PATCH',
      path: '/accounts/:id/replies/:reply',
      access: 'account.edit',
      summary: 'Change a keyword reply, or switch it off',
      body: changeReplyRequest,
      answer: replyAnswer,
      handle: async ({ params, operator, body }) => {
        const { revision, activityId: link, ...rest } = body;
        const changes = { ...rest, ...(link === undefined ? {} : { activityId: readLink(link) }) };
        return { reply: shown(await replies.change(operator, { ...placeOf(params), revision }, changes)) };
      },
    }),
    consoleRoute({
      name: 'removeReply',
      method: 'DELETE',
      path: '/accounts/:id/replies/:reply',
      access: 'account.edit',
      summary: 'Remove a keyword reply',
      query: revisionQuery,
      answer: repliesAnswer,
      handle: async ({ params, operator, query }) =>
        shownAll(await replies.remove(operator, { ...placeOf(params), revision: query.revision })),
    }),
    consoleRoute({
      name: 'orderReplies',
      method: 'PUT',
      path: '/accounts/:id/replies/order',
      access: 'account.edit',
      summary: 'Set the order in which keyword replies are looked through',
      body: orderRepliesRequest,
      answer: repliesAnswer,
      handle: async ({ params, operator, body }) =>
        shownAll(await replies.order(operator, readAccountId(params['id']), body.ids)),
    }),
  ];
}

/** Reads the activity that something of an account leads to. Throws WrongRequest `activity-unknown` (400). */
export function readLink(value: string | null): ActivityId | null {
  if (value === null) return null;
  try {
    return activityId(value);
  } catch (cause) {
    const message = 'the account has no such activity';
    throw new WrongRequest('activity-unknown', message, { faults: [{ path: 'activityId', message }], cause });
  }
}

function placeOf(params: Readonly<Record<string, string>>) {
  return { account: readAccountId(params['id']), id: params['reply'] ?? '' };
}

function shown(reply: ShownReply): z.input<typeof replyAnswer>['reply'] {
  return { ...reply, words: [...reply.words], warnings: [...reply.warnings] };
}

function shownAll(replies: readonly ShownReply[]): z.input<typeof repliesAnswer> {
  return { replies: replies.map(shown) };
}
