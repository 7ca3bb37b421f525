import type { AccountPeople, Acquaintance } from './account-people.ts';
import { ApiFault, done, fieldsOf, jsonBody, requireGet, textOf, type ApiCall } from './api-call.ts';

const batchMax = 100;
const remarkCharactersMax = 30;

/** User info, lists and remarks: https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_userinfo.html */
export class Users {
  /** Openids a page of the list; tests lower it. */
  pageMax = 10_000;
  readonly #people: AccountPeople;

  constructor(people: AccountPeople) {
    this.#people = people;
  }

  info(call: ApiCall): object {
    requireGet(call);
    return this.#infoOf(this.#people.get(call.query.get('openid')));
  }

  batch(call: ApiCall): object {
    const list = jsonBody(call)['user_list'];
    if (!Array.isArray(list) || list.length === 0) throw new ApiFault(40035, 'invalid parameter');
    if (list.length > batchMax) throw new ApiFault(40032, 'invalid openid list size');
    const people = list.map((entry: unknown) => this.#people.get(fieldsOf(entry)['openid']));
    return { user_info_list: people.map((person) => this.#infoOf(person)) };
  }

  /** The page after `next_openid`; the last one names none. */
  list(call: ApiCall): object {
    requireGet(call);
    const all = this.#people.list().map(({ openid }) => openid);
    const after = call.query.get('next_openid') ?? '';
    if (after !== '' && !all.includes(after)) throw new ApiFault(40003, 'invalid openid');
    const page = all.slice(all.indexOf(after) + 1).slice(0, this.pageMax);
    const answer = { total: all.length, count: page.length, next_openid: page.at(-1) ?? '' };
    return page.length === 0 ? answer : { ...answer, data: { openid: page } };
  }

  remark(call: ApiCall): object {
    const { openid, remark } = jsonBody(call);
    const person = this.#people.get(openid);
    if (Array.from(textOf(remark)).length >= remarkCharactersMax) throw new ApiFault(40035, 'invalid remark size');
    person.remark = textOf(remark);
    return done;
  }

  /** Since 2021 without nickname and picture; somebody who does not follow is only an openid. */
  #infoOf(person: Acquaintance): object {
    const { openid, remark, tagIds, followedBy } = person;
    const unionid = this.#people.unionId(person);
    const union = unionid === undefined ? {} : { unionid };
    if (!this.#people.follows(person)) return { subscribe: 0, openid, ...union };
    const time = Math.floor(this.#people.subscribedAtMs(person) / 1000);
    const scene = {
      subscribe_scene: followedBy ? 'ADD_SCENE_QR_CODE' : 'ADD_SCENE_SEARCH',
      qr_scene: followedBy?.isNumber === true ? Number(followedBy.scene) : 0,
      qr_scene_str: followedBy?.isNumber === false ? followedBy.scene : '',
    };
    const told = { remark, groupid: [...tagIds][0] ?? 0, tagid_list: [...tagIds] };
    return { subscribe: 1, openid, language: 'zh_CN', subscribe_time: time, ...union, ...told, ...scene };
  }
}
