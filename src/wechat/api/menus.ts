import type { ConditionalMenu, MenuButton, MenuRule, Menus } from '../../flows/ports/menus.ts';
import { WrongRequest } from '../../base/errors.ts';
import { garbled } from '../api-client.ts';
import { refusedFor, wrongArgument } from './account-calls.ts';
import type { AccountCalls } from './account-calls.ts';
import { AnswerFields } from './answer-fields.ts';
import { errorRow } from './error-table.ts';
import { checkMenu } from './menu-check.ts';

const GET_PATH = '/cgi-bin/menu/get';
const PLATFORMS = { ios: '1', android: '2', other: '3' } as const;

/**
 * https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu.html and its neighbours. A new account may
 * create 1000, read 10,000 and delete 1000 times a day.
 */
export function createMenus(calls: AccountCalls): Menus {
  return {
    check: checkMenu,
    async read(account) {
      const answer = await calls.repeatable(account, { method: 'GET', path: GET_PATH });
      if (answer.kind === 'refused') {
        if (errorRow(answer).action === 'no-menu') return null;
        throw refusedFor(answer, account);
      }
      const fields = new AnswerFields(GET_PATH, answer.body);
      const conditional = fields.has('conditionalmenu') ? fields.each('conditionalmenu', readConditional) : [];
      return { buttons: readButtons(fields.fields('menu')), conditional };
    },
    async replace(account, buttons) {
      const json = { button: checkMenu(buttons) };
      await calls.read(account, { method: 'POST', path: '/cgi-bin/menu/create', json });
    },
    async remove(account) {
      await calls.read(account, { method: 'GET', path: '/cgi-bin/menu/delete' });
    },
    async addConditional(account, rule, buttons) {
      const json = { button: checkMenu(buttons), matchrule: ruleOf(rule) };
      const fields = await calls.write(account, { method: 'POST', path: '/cgi-bin/menu/addconditional', json });
      return fields.id('menuid');
    },
    async removeConditional(account, id) {
      const request = { method: 'POST', path: '/cgi-bin/menu/delconditional', json: { menuid: id } } as const;
      await calls.write(account, request);
    },
    async seenBy(account, person) {
      const request = { method: 'POST', path: '/cgi-bin/menu/trymatch', json: { user_id: person } } as const;
      const fields = await calls.read(account, request);
      return readButtons(fields.has('menu') ? fields.fields('menu') : fields);
    },
  };
}

function readConditional(fields: AnswerFields): ConditionalMenu {
  return { id: fields.id('menuid'), buttons: readButtons(fields) };
}

/** What WeChat keeps was checked by WeChat; a kind that is not known here is told, not shown as another. */
function readButtons(fields: AnswerFields): readonly MenuButton[] {
  try {
    return checkMenu(fields.raw('button'));
  } catch (error) {
    if (error instanceof WrongRequest) throw garbled(GET_PATH, error.message);
    throw error;
  }
}

function ruleOf({ tagId, platform }: MenuRule): Readonly<Record<string, string>> {
  if (tagId === undefined && platform === undefined) throw wrongArgument('rule', 'must name a tag or a platform');
  return {
    ...(tagId === undefined ? {} : { tag_id: String(tagId) }),
    ...(platform === undefined ? {} : { client_platform_type: PLATFORMS[platform] }),
  };
}
