import type { z } from 'zod';
import type { LiveMenu, OperateMenu, ShownMenu } from '../../flows/settings/operate-menu.ts';
import { liveMenuAnswer, menuAnswer, publishMenuRequest, saveMenuRequest } from '../contract/console-menu.ts';
import { readAccountId } from './console-accounts.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

/** The menu under an account's chat: draft, publication and what WeChat has. */
export function menuRoutes({ menu }: { readonly menu: OperateMenu }): readonly ConsoleRoute[] {
  return [...draftRoutes(menu), ...liveRoutes(menu)];
}

function draftRoutes(menu: OperateMenu): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'showMenu',
      method: 'GET',
      path: '/accounts/:id/menu',
      access: 'account.view',
      summary: 'The menu’s draft, with buttons that lead nowhere now',
      answer: menuAnswer,
      handle: async ({ params }) => shown(await menu.draft(readAccountId(params['id']))),
    }),
    consoleRoute({
      name: 'saveMenu',
      method: 'PUT',
      path: '/accounts/:id/menu',
      access: 'account.edit',
      summary: 'Save the menu’s draft; nobody sees it before it is published',
      body: saveMenuRequest,
      answer: menuAnswer,
      handle: async ({ params, operator, body }) =>
        shown(await menu.save(operator, { account: readAccountId(params['id']), ...body })),
    }),
  ];
}

function liveRoutes(menu: OperateMenu): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'publishMenu',
      method: 'POST',
      path: '/accounts/:id/menu/publish',
      access: 'account.edit',
      summary: 'Give WeChat the draft as the menu everyone sees',
      body: publishMenuRequest,
      answer: menuAnswer,
      handle: async ({ params, operator, body }) =>
        shown(await menu.publish(operator, { account: readAccountId(params['id']), revision: body.revision })),
    }),
    consoleRoute({
      name: 'removeMenu',
      method: 'DELETE',
      path: '/accounts/:id/menu',
      access: 'account.edit',
      summary: 'Remove the menu at WeChat, conditional ones with it; the draft stays',
      answer: menuAnswer,
      handle: async ({ params, operator }) => shown(await menu.remove(operator, readAccountId(params['id']))),
    }),
    consoleRoute({
      name: 'showLiveMenu',
      method: 'GET',
      path: '/accounts/:id/menu/live',
      access: 'account.view',
      summary: 'The menu WeChat has, conditional ones with it',
      answer: liveMenuAnswer,
      handle: async ({ params }) => shownLive(await menu.live(readAccountId(params['id']))),
    }),
  ];
}

type Buttons = z.input<typeof menuAnswer>['menu']['buttons'];

/** What was checked when it was saved or read is shown as it is. */
function shown({ buttons, warnings, ...menu }: ShownMenu): z.input<typeof menuAnswer> {
  return { menu: { ...menu, buttons: [...buttons] as Buttons, warnings: [...warnings] } };
}

function shownLive(live: LiveMenu): z.input<typeof liveMenuAnswer> {
  if (live === null) return { menu: null };
  const conditional = live.conditional.map(({ id, buttons }) => ({ id, buttons: buttons.map((one) => ({ ...one })) }));
  return { menu: { buttons: live.buttons.map((one) => ({ ...one })), conditional } };
}
