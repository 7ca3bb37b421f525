import type { AccountPeople, Acquaintance } from './account-people.ts';
import { ApiFault, done, fieldsOf, jsonBody, requireGet, textOf, type ApiCall } from './api-call.ts';

const tagsMax = 100;
const tagsEachMax = 20;
const nameBytesMax = 30;
const taggedMax = 50;
const blacklistedMax = 20;
const firstFreeId = 100;
const systemIds = [0, 1, 2];

/** Tags and the blacklist: https://developers.weixin.qq.com/doc/service/api/usermanage/tagmanage/api_createtag.html */
export class Tags {
  /** A tag of more people than this cannot be deleted; tests lower it. */
  deletableMax = 100_000;
  readonly #people: AccountPeople;
  readonly #names = new Map<number, string>([[2, '星标组']]);
  #lastId = firstFreeId - 1;

  constructor(people: AccountPeople) {
    this.#people = people;
  }

  create(call: ApiCall): object {
    const name = this.#freshName(fieldsOf(jsonBody(call)['tag'])['name']);
    if (this.#names.size - 1 >= tagsMax) throw new ApiFault(45056, 'create too many tags');
    this.#lastId += 1;
    this.#names.set(this.#lastId, name);
    return { tag: { id: this.#lastId, name } };
  }

  list(call: ApiCall): object {
    requireGet(call);
    const tags = [...this.#names].map(([id, name]) => ({ id, name, count: this.#tagged(id).length }));
    return { tags };
  }

  update(call: ApiCall): object {
    const { id, name } = fieldsOf(jsonBody(call)['tag']);
    const tagId = this.#own(id);
    this.#names.set(tagId, this.#freshName(name, tagId));
    return done;
  }

  delete(call: ApiCall): object {
    const tagId = this.#own(fieldsOf(jsonBody(call)['tag'])['id']);
    const tagged = this.#tagged(tagId);
    if (tagged.length > this.deletableMax) throw new ApiFault(45057, "can't delete tags which fans over 100000");
    for (const person of tagged) person.tagIds.delete(tagId);
    this.#names.delete(tagId);
    return done;
  }

  members(call: ApiCall): object {
    const body = jsonBody(call);
    const openids = this.#tagged(this.#known(body['tagid'])).map(({ openid }) => openid);
    const page = openids.slice(openids.indexOf(textOf(body['next_openid'])) + 1);
    if (page.length === 0) return { count: 0 };
    return { count: page.length, data: { openid: page }, next_openid: page.at(-1) };
  }

  tagMany(call: ApiCall): object {
    const { people, tagId } = this.#batch(call);
    if (people.some(({ tagIds }) => !tagIds.has(tagId) && tagIds.size >= tagsEachMax)) {
      throw new ApiFault(45059, 'can not add new tag to fans, because one fan only can have 20 tags');
    }
    for (const { tagIds } of people) tagIds.add(tagId);
    return done;
  }

  untagMany(call: ApiCall): object {
    const { people, tagId } = this.#batch(call);
    for (const { tagIds } of people) tagIds.delete(tagId);
    return done;
  }

  ofPerson(call: ApiCall): object {
    const { tagIds } = this.#people.getForTag(jsonBody(call)['openid']);
    return { tagid_list: [...tagIds] };
  }

  blacklist(call: ApiCall): object {
    const after = textOf(jsonBody(call)['begin_openid']);
    const all = this.#people.list().filter(({ blacklisted }) => blacklisted);
    const openids = all.map(({ openid }) => openid);
    const page = openids.slice(openids.indexOf(after) + 1);
    const answer = { total: openids.length, count: page.length, next_openid: page.at(-1) ?? '' };
    return page.length === 0 ? answer : { ...answer, data: { openid: page } };
  }

  setBlacklisted(call: ApiCall, blacklisted: boolean): object {
    for (const person of this.#listed(jsonBody(call), blacklistedMax)) person.blacklisted = blacklisted;
    return done;
  }

  knows(tagId: unknown): boolean {
    return this.#names.has(Number(tagId));
  }

  #batch(call: ApiCall): { people: Acquaintance[]; tagId: number } {
    const body = jsonBody(call);
    return { tagId: this.#known(body['tagid']), people: this.#listed(body, taggedMax) };
  }

  #listed(body: Record<string, unknown>, max: number): Acquaintance[] {
    const list = body['openid_list'];
    if (!Array.isArray(list) || list.length === 0) throw new ApiFault(40035, 'invalid parameter');
    if (list.length > max) throw new ApiFault(40032, 'invalid openid list size');
    return list.map((openid: unknown) => this.#people.getForTag(openid));
  }

  #tagged(tagId: number): Acquaintance[] {
    return this.#people.list().filter(({ tagIds }) => tagIds.has(tagId));
  }

  #known(id: unknown): number {
    if (typeof id !== 'number' || !this.#names.has(id)) throw new ApiFault(45159, 'invalid tag id');
    return id;
  }

  #own(id: unknown): number {
    if (systemIds.includes(Number(id))) throw new ApiFault(45058, "can't modify sys tag");
    return this.#known(id);
  }

  #freshName(name: unknown, own?: number): string {
    if (typeof name !== 'string' || name === '') throw new ApiFault(45157, 'invalid tag name');
    if (Buffer.byteLength(name) > nameBytesMax) throw new ApiFault(45158, 'tag name too long');
    const taken = [...this.#names].some(([id, other]) => other === name && id !== own);
    if (taken) throw new ApiFault(45157, 'tag name exist');
    return name;
  }
}
