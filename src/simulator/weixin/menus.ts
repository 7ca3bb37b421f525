import type { AccountPeople, Acquaintance } from './account-people.ts';
import { ApiFault, done, fieldsOf, jsonBody, requireGet, textOf, type ApiCall } from './api-call.ts';
import { checkMenu } from './menu-check.ts';
import type { Tags } from './tags.ts';

type Conditional = { menuid: number; button: unknown; matchrule: Record<string, unknown> };
type Parts = { people: AccountPeople; tags: Tags; mediaExists: (id: string) => boolean };

const ruleNames = ['tag_id', 'client_platform_type'];
const removedNames = ['sex', 'country', 'province', 'city', 'language'];

/** Menus: https://developers.weixin.qq.com/doc/service/api/custommenu/api_createcustommenu.html */
export class Menus {
  readonly #parts: Parts;
  #menu: { menuid: number; button: unknown } | undefined;
  #conditional: Conditional[] = [];
  #lastId = 208_396_000;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  create(call: ApiCall): object {
    const { button } = jsonBody(call);
    checkMenu(button, this.#parts.mediaExists);
    this.#menu = { menuid: this.#nextId(), button };
    return done;
  }

  get(call: ApiCall): object {
    requireGet(call);
    if (!this.#menu) throw new ApiFault(46003, 'menu no exist');
    const conditionalmenu = this.#conditional.toReversed();
    return conditionalmenu.length > 0 ? { menu: this.#menu, conditionalmenu } : { menu: this.#menu };
  }

  /** Takes the conditional menus with it. */
  delete(call: ApiCall): object {
    requireGet(call);
    this.#menu = undefined;
    this.#conditional = [];
    return done;
  }

  current(call: ApiCall): object {
    requireGet(call);
    if (!this.#menu) return { is_menu_open: 0 };
    return { is_menu_open: 1, selfmenu_info: { button: listed(this.#menu.button) } };
  }

  addConditional(call: ApiCall): object {
    const { button, matchrule } = jsonBody(call);
    if (!this.#menu) throw new ApiFault(65303, 'there is no selfmenu, please create selfmenu first');
    checkMenu(button, this.#parts.mediaExists);
    const rule = fieldsOf(matchrule);
    if (removedNames.some((name) => name in rule)) throw new ApiFault(65320, 'privacy match rule is not supported');
    const used = ruleNames.filter((name) => textOf(rule[name]) !== '');
    if (used.length === 0) throw new ApiFault(65304, 'match rule empty');
    if ('tag_id' in rule && !this.#parts.tags.knows(rule['tag_id'])) throw new ApiFault(45159, 'invalid tag id');
    const menuid = this.#nextId();
    this.#conditional.push({ menuid, button, matchrule: rule });
    return { menuid: String(menuid) };
  }

  deleteConditional(call: ApiCall): object {
    const menuid = Number(jsonBody(call)['menuid']);
    if (!this.#conditional.some((one) => one.menuid === menuid)) throw new ApiFault(65301, 'this menuid not exist');
    this.#conditional = this.#conditional.filter((one) => one.menuid !== menuid);
    return done;
  }

  /** The newest rule that fits wins. */
  tryMatch(call: ApiCall): object {
    const person = this.#parts.people.get(jsonBody(call)['user_id']);
    if (!this.#menu) throw new ApiFault(46003, 'menu no exist');
    const match = this.#conditional.toReversed().find(({ matchrule }) => fits(matchrule, person));
    return { button: (match ?? this.#menu).button };
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}

/** Everybody here uses an iPhone (platform 1). */
function fits(rule: Record<string, unknown>, { tagIds }: Acquaintance): boolean {
  const [tagId, platform] = [textOf(rule['tag_id']), textOf(rule['client_platform_type'])];
  return (tagId === '' || tagIds.has(Number(tagId))) && (platform === '' || platform === '1');
}

/** As the website shows it: sub-buttons in a list of their own. */
function listed(buttons: unknown): unknown[] {
  return (Array.isArray(buttons) ? buttons : []).map((button: unknown) => {
    const fields = fieldsOf(button);
    return Array.isArray(fields['sub_button']) ? { ...fields, sub_button: { list: fields['sub_button'] } } : fields;
  });
}
