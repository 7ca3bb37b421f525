import type { z } from 'zod';
import type { OperateScenes, ShownScene } from '../../flows/settings/operate-scenes.ts';
import { pageQuery } from '../contract/console-lists.ts';
import {
  changeSceneRequest,
  makeSceneRequest,
  renewSceneRequest,
  sceneAnswer,
  scenesAnswer,
} from '../contract/console-scenes.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import { readAccountId } from './console-accounts.ts';
import { readLink } from './console-replies.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

const SCENE = /^[A-Za-z0-9_-]{1,64}$/;

/** QR codes with a scene, and who came by them. */
export function sceneRoutes({ scenes }: { readonly scenes: OperateScenes }): readonly ConsoleRoute[] {
  return [...readingRoutes(scenes), ...changingRoutes(scenes)];
}

function readingRoutes(scenes: OperateScenes): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listScenes',
      method: 'GET',
      path: '/accounts/:id/scenes',
      access: 'account.view',
      summary: 'QR codes with who came by them, newest first',
      query: pageQuery,
      answer: scenesAnswer,
      handle: async ({ params, query }) => {
        const page = { after: readCursor(query.after, SCENE), limit: query.limit };
        const { rows, next } = await scenes.list(readAccountId(params['id']), page);
        return { rows: rows.map(shown), next: writeCursor(next) };
      },
    }),
    consoleRoute({
      name: 'showScene',
      method: 'GET',
      path: '/accounts/:id/scenes/:scene',
      access: 'account.view',
      summary: 'A QR code with who came by it',
      answer: sceneAnswer,
      handle: async ({ params }) => ({ scene: shown(await scenes.show(placeOf(params))) }),
    }),
  ];
}

function changingRoutes(scenes: OperateScenes): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'makeScene',
      method: 'POST',
      path: '/accounts/:id/scenes',
      access: 'account.edit',
      summary: 'Make a QR code, temporary or for ever',
      body: makeSceneRequest,
      answer: sceneAnswer,
      handle: async ({ params, operator, body }) => {
        const input = { ...body, account: readAccountId(params['id']), activityId: readLink(body.activityId) };
        return { scene: shown(await scenes.make(operator, input)) };
      },
    }),
    consoleRoute({
      name: 'changeScene',
      method: 'PATCH',
      path: '/accounts/:id/scenes/:scene',
      access: 'account.edit',
      summary: 'Change a code’s name, reply or activity',
      body: changeSceneRequest,
      answer: sceneAnswer,
      handle: async ({ params, operator, body }) => {
        const { updatedAtMs: seenAtMs, activityId: link, ...rest } = body;
        const edit = { ...rest, seenAtMs, ...(link === undefined ? {} : { activityId: readLink(link) }) };
        return { scene: shown(await scenes.change(operator, placeOf(params), edit)) };
      },
    }),
    consoleRoute({
      name: 'renewScene',
      method: 'POST',
      path: '/accounts/:id/scenes/:scene/renew',
      access: 'account.edit',
      summary: 'Ask WeChat for an unfinished code again, or for a new one in the place of a temporary one',
      body: renewSceneRequest,
      answer: sceneAnswer,
      handle: async ({ params, operator, body }) => ({
        scene: shown(await scenes.renew(operator, placeOf(params), body.livesSeconds)),
      }),
    }),
  ];
}

/** What cannot be a scene of ours is not found, and never reaches the database. */
function placeOf(params: Readonly<Record<string, string>>) {
  const scene = params['scene'] ?? '';
  return { account: readAccountId(params['id']), scene: SCENE.test(scene) ? scene : '' };
}

function shown({ code, days, ...scene }: ShownScene): z.input<typeof sceneAnswer>['scene'] {
  return { ...scene, url: code?.url ?? null, days: [...days] };
}
