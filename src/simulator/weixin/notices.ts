import type { SimulatorClock } from '../clock.ts';
import type { Followers } from '../followers.ts';
import type { EventFields, PushResult } from '../push/push.ts';
import type { Random } from '../random.ts';
import type { AccountPeople, Acquaintance } from './account-people.ts';
import { ApiFault, bareNumber, done, fieldsOf, jsonBody, requireGet, textOf, type ApiCall } from './api-call.ts';

/** `content` has a place `{{name.DATA}}` for each value. */
export type NoticeTemplate = { id: string; title: string; content: string };
type Parts = {
  clock: SimulatorClock;
  random: Random;
  people: AccountPeople;
  followers: Followers;
  /** Undefined while nobody listens. */
  push: (openid: string, fields: EventFields) => Promise<PushResult> | undefined;
};

const sameIdMs = 600_000;
const resultDelayMs = 20;
const thingMax = 20;

/**
 * Template messages and subscription notices, and the events that tell how they ended.
 * https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage.html
 */
export class Notices {
  /** How the next template messages end. */
  templateStatus: 'success' | 'failed:user block' | 'failed: system failed' = 'success';
  /** What `notified` events say of the next subscription notices: 0 is delivered. */
  noticeErrorCode = 0;
  readonly templates: NoticeTemplate[];
  readonly #parts: Parts;
  readonly #sentIds = new Map<string, { msgId: bigint; atMs: number }>();
  readonly #results = new Set<Promise<unknown>>();

  constructor(parts: Parts) {
    this.#parts = parts;
    const [first, second] = [parts.random.text(43), parts.random.text(43)];
    this.templates = [
      { id: first, title: '中奖通知', content: '奖品：{{thing1.DATA}}\n金额：{{amount2.DATA}}' },
      { id: second, title: '到账提醒', content: '说明：{{thing1.DATA}}' },
    ];
  }

  sendTemplate(call: ApiCall): object {
    const body = jsonBody(call);
    const { people } = this.#parts;
    const person = people.get(body['touser']);
    const template = this.#template(body['template_id']);
    if (!people.follows(person)) throw new ApiFault(43004, 'require subscribe');
    if (person.blacklisted) throw new ApiFault(43019, 'require remove blacklist');
    this.#checkValues(template, body['data']);
    const clientId = textOf(body['client_msg_id']);
    const before = clientId === '' ? undefined : this.#sentIds.get(`${person.openid}/${clientId}`);
    const nowMs = this.#parts.clock.nowMs();
    if (before && nowMs - before.atMs < sameIdMs) return { ...done, msgid: bareNumber(before.msgId) };
    const msgId = this.#nextId();
    if (clientId !== '') this.#sentIds.set(`${person.openid}/${clientId}`, { msgId, atMs: nowMs });
    const status = person.refusesMessages ? 'failed:user block' : this.templateStatus;
    if (status === 'success') this.#show(person, template, body['data']);
    this.#tellLater(person.openid, { Event: 'TEMPLATESENDJOBFINISH', MsgID: msgId, Status: status });
    return { ...done, msgid: bareNumber(msgId) };
  }

  listTemplates(call: ApiCall): object {
    requireGet(call);
    const template_list = this.templates.map(({ id, title, content }) => {
      return { template_id: id, title, primary_industry: 'IT科技', deputy_industry: '互联网', content, example: '' };
    });
    return { template_list };
  }

  /** One consent each, as given on a page: told by an event at once. */
  async consent(openid: string, templateId: string, accepts = true): Promise<PushResult | undefined> {
    const { grants } = this.#parts.people.get(openid);
    if (accepts) grants.set(templateId, (grants.get(templateId) ?? 0) + 1);
    const list = { TemplateId: templateId, SubscribeStatusString: accepts ? 'accept' : 'reject', PopupScene: '2' };
    const nested = [['List', Object.entries(list)]] as const;
    return this.#parts.push(openid, { Event: 'subscribe_msg_popup_event', SubscribeMsgPopupEvent: nested });
  }

  sendNotice(call: ApiCall): object {
    const body = jsonBody(call);
    const { people } = this.#parts;
    const person = people.get(body['touser']);
    const template = this.#template(body['template_id']);
    const left = person.grants.get(template.id) ?? 0;
    if (left === 0) throw new ApiFault(43101, 'user refuse to accept the msg');
    const names = placesOf(template);
    const unknown = Object.keys(fieldsOf(body['data'])).some((name) => !names.includes(name));
    if (unknown) throw new ApiFault(40003, 'invalid openid');
    this.#checkValues(template, body['data']);
    person.grants.set(template.id, left - 1);
    if (this.noticeErrorCode === 0) this.#show(person, template, body['data']);
    const status = this.noticeErrorCode === 0 ? 'success' : 'failed';
    const list = {
      TemplateId: template.id,
      MsgID: this.#nextId(),
      ErrorCode: this.noticeErrorCode,
      ErrorStatus: status,
    };
    const nested = [['List', Object.entries(list)]] as const;
    this.#tellLater(person.openid, { Event: 'subscribe_msg_sent_event', SubscribeMsgSentEvent: nested });
    return done;
  }

  /** Resolves when every result so far was told. */
  async settled(): Promise<void> {
    await Promise.all(this.#results);
  }

  #template(id: unknown): NoticeTemplate {
    const template = this.templates.find((one) => one.id === id);
    if (!template) throw new ApiFault(40037, 'invalid template_id');
    return template;
  }

  #checkValues(template: NoticeTemplate, data: unknown): void {
    const values = fieldsOf(data);
    for (const name of placesOf(template)) {
      const value = fieldsOf(values[name])['value'];
      if (typeof value !== 'string' || value === '') {
        throw new ApiFault(47003, `argument invalid! data.${name}.value is empty`);
      }
      if (name.startsWith('thing') && Array.from(value).length > thingMax) {
        throw new ApiFault(47003, `argument invalid! data.${name}.value invalid`);
      }
    }
  }

  #show({ follower }: Acquaintance, { title, content }: NoticeTemplate, data: unknown): void {
    const values = fieldsOf(data);
    const text = content.replaceAll(/\{\{(\w+)\.DATA\}\}/g, (_, name) => textOf(fieldsOf(values[name])['value']));
    this.#parts.followers.show(follower.openid, { kind: 'text', from: 'account', text: `${title}\n${text}` });
  }

  #tellLater(openid: string, fields: EventFields): void {
    const told = new Promise((resolve) => {
      setTimeout(resolve, resultDelayMs).unref();
    }).then(() => this.#parts.push(openid, fields));
    const ended: Promise<unknown> = told.catch(() => undefined).finally(() => this.#results.delete(ended));
    this.#results.add(ended);
  }

  /** Above 2^53, so that a client that rounds is found out. */
  #nextId(): bigint {
    return (1n << 61n) + BigInt(this.#parts.random.whole(2 ** 40));
  }
}

function placesOf({ content }: NoticeTemplate): string[] {
  return [...content.matchAll(/\{\{(\w+)\.DATA\}\}/g)].map(([, name = '']) => name);
}
