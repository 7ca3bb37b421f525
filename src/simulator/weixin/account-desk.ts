import type { SimulatorClock } from '../clock.ts';
import type { Followers } from '../followers.ts';
import type { EventFields, PushResult } from '../push/push.ts';
import type { Random } from '../random.ts';
import type { Timeline } from '../timeline.ts';
import { AccountPeople } from './account-people.ts';
import type { ApiCall } from './api-call.ts';
import { CustomerMessages } from './customer-messages.ts';
import { Media } from './media.ts';
import { Menus } from './menus.ts';
import { Notices } from './notices.ts';
import { addresses, Quotas } from './quotas.ts';
import { Rights } from './rights.ts';
import { SceneCodes } from './scene-codes.ts';
import { Tags } from './tags.ts';
import { Users } from './users.ts';

type Handler = (call: ApiCall) => object;
type Parts = {
  appId: string;
  /** The account that pushes go to. */
  main: boolean;
  clock: SimulatorClock;
  random: Random;
  followers: Followers;
  timeline: Timeline;
  mediaMade: (mediaId: string) => void;
  push: (openid: string, fields: EventFields) => Promise<PushResult>;
  mayPush: () => boolean;
};

/** Everything one official account has at WeChat, behind its token. */
export class AccountDesk {
  readonly rights = new Rights();
  readonly people: AccountPeople;
  readonly users: Users;
  readonly tags: Tags;
  readonly media: Media;
  readonly menus: Menus;
  readonly sceneCodes: SceneCodes;
  readonly customerMessages: CustomerMessages;
  readonly notices: Notices;
  readonly quotas: Quotas;
  readonly #handlers: ReadonlyMap<string, Handler>;

  constructor(parts: Parts) {
    const { appId, main, clock, random, followers, timeline, push } = parts;
    this.people = new AccountPeople({ appId, main, clock, followers });
    const { people } = this;
    this.users = new Users(people);
    this.tags = new Tags(people);
    this.media = new Media({ clock, random: random.fork('media'), made: parts.mediaMade });
    const mediaExists = (id: string): boolean => this.media.exists(id);
    this.menus = new Menus({ people, tags: this.tags, mediaExists: (id) => this.media.isPermanent(id) });
    this.sceneCodes = new SceneCodes({ clock, random: random.fork('codes'), people, push });
    const isTestAccount = (): boolean => this.rights.kind === 'test';
    this.customerMessages = new CustomerMessages({ clock, followers, timeline, people, mediaExists, isTestAccount });
    const tell = (openid: string, fields: EventFields) => (parts.mayPush() ? push(openid, fields) : undefined);
    this.notices = new Notices({ clock, random: random.fork('notices'), people, followers, push: tell });
    this.quotas = new Quotas(appId, clock);
    this.#handlers = new Map([...this.#forPeople(), ...this.#forContent(), ...this.#forOperation()]);
  }

  /** What answers a path, if the account has it. */
  handler(path: string): Handler | undefined {
    return this.#handlers.get(path);
  }

  #forPeople(): [string, Handler][] {
    const { users, tags } = this;
    return [
      ['/cgi-bin/user/info', (call) => users.info(call)],
      ['/cgi-bin/user/info/batchget', (call) => users.batch(call)],
      ['/cgi-bin/user/get', (call) => users.list(call)],
      ['/cgi-bin/user/info/updateremark', (call) => users.remark(call)],
      ['/cgi-bin/tags/create', (call) => tags.create(call)],
      ['/cgi-bin/tags/get', (call) => tags.list(call)],
      ['/cgi-bin/tags/update', (call) => tags.update(call)],
      ['/cgi-bin/tags/delete', (call) => tags.delete(call)],
      ['/cgi-bin/user/tag/get', (call) => tags.members(call)],
      ['/cgi-bin/tags/members/batchtagging', (call) => tags.tagMany(call)],
      ['/cgi-bin/tags/members/batchuntagging', (call) => tags.untagMany(call)],
      ['/cgi-bin/tags/getidlist', (call) => tags.ofPerson(call)],
      ['/cgi-bin/tags/members/getblacklist', (call) => tags.blacklist(call)],
      ['/cgi-bin/tags/members/batchblacklist', (call) => tags.setBlacklisted(call, true)],
      ['/cgi-bin/tags/members/batchunblacklist', (call) => tags.setBlacklisted(call, false)],
    ];
  }

  #forContent(): [string, Handler][] {
    const { media, menus, sceneCodes, customerMessages, notices } = this;
    return [
      ['/cgi-bin/media/upload', (call) => media.upload(call)],
      ['/cgi-bin/media/get', (call) => media.download(call)],
      ['/cgi-bin/media/get/jssdk', (call) => media.download(call)],
      ['/cgi-bin/media/uploadimg', (call) => media.uploadImage(call)],
      ['/cgi-bin/material/add_material', (call) => media.addMaterial(call)],
      ['/cgi-bin/material/get_material', (call) => media.getMaterial(call)],
      ['/cgi-bin/material/del_material', (call) => media.deleteMaterial(call)],
      ['/cgi-bin/material/get_materialcount', (call) => media.countMaterial(call)],
      ['/cgi-bin/material/batchget_material', (call) => media.listMaterial(call)],
      ['/cgi-bin/menu/create', (call) => menus.create(call)],
      ['/cgi-bin/menu/get', (call) => menus.get(call)],
      ['/cgi-bin/menu/delete', (call) => menus.delete(call)],
      ['/cgi-bin/get_current_selfmenu_info', (call) => menus.current(call)],
      ['/cgi-bin/menu/addconditional', (call) => menus.addConditional(call)],
      ['/cgi-bin/menu/delconditional', (call) => menus.deleteConditional(call)],
      ['/cgi-bin/menu/trymatch', (call) => menus.tryMatch(call)],
      ['/cgi-bin/qrcode/create', (call) => sceneCodes.create(call)],
      ['/cgi-bin/message/custom/send', (call) => customerMessages.send(call)],
      ['/cgi-bin/message/custom/typing', (call) => customerMessages.typing(call)],
      ['/cgi-bin/message/template/send', (call) => notices.sendTemplate(call)],
      ['/cgi-bin/template/get_all_private_template', (call) => notices.listTemplates(call)],
      ['/cgi-bin/message/subscribe/bizsend', (call) => notices.sendNotice(call)],
    ];
  }

  #forOperation(): [string, Handler][] {
    const { quotas } = this;
    return [
      ['/cgi-bin/getcallbackip', addresses.callback],
      ['/cgi-bin/get_api_domain_ip', addresses.api],
      ['/cgi-bin/callback/check', addresses.check],
      ['/cgi-bin/openapi/quota/get', (call) => quotas.get(call)],
      ['/cgi-bin/openapi/quota/clear', (call) => quotas.clear(call)],
      ['/cgi-bin/clear_quota', (call) => quotas.clearAll(call)],
      ['/cgi-bin/openapi/rid/get', (call) => quotas.lookUp(call)],
    ];
  }
}
