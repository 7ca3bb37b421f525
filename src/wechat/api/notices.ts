import { OutsideTrouble, WrongRequest } from '../../base/errors.ts';
import type {
  Notice,
  NoticeOutcome,
  NoticeRefusal,
  SubscriptionNotices,
  TemplateMessages,
} from '../../flows/ports/notices.ts';
import type { ApiAnswer } from '../api-client.ts';
import type { ApiRefusal } from '../api-refusal.ts';
import { refusedFor, wrongArgument } from './account-calls.ts';
import type { AccountCalls, UnclearSend } from './account-calls.ts';
import { AnswerFields } from './answer-fields.ts';
import { errorRow } from './error-table.ts';

const TEMPLATE_PATH = '/cgi-bin/message/template/send';
const NOTICE_PATH = '/cgi-bin/message/subscribe/bizsend';
const LIST_PATH = '/cgi-bin/template/get_all_private_template';
const ERRCODES_OF_VALUES: ReadonlySet<number> = new Set([47003, 44004, 45002]);
const TEMPLATE_GONE = 40037;

/** https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage.html; 100,000 a day at first. */
export function createTemplateMessages(calls: AccountCalls): TemplateMessages {
  return {
    async send(account, notice) {
      if (!/^[\w-]{1,32}$/.test(notice.clientMessageId)) {
        throw wrongArgument('clientMessageId', 'must have 1 to 32 letters, digits, - or _');
      }
      const json = { ...render(notice), client_msg_id: notice.clientMessageId };
      // The id makes a repeat harmless; without it a repeat after "busy" has sent messages twice.
      const answer = await clear(calls.repeatable(account, { method: 'POST', path: TEMPLATE_PATH, json }));
      return outcomeOf(answer, (refusal) => refusedFor(refusal, account));
    },
    async templates(account) {
      const fields = await calls.read(account, { method: 'GET', path: LIST_PATH });
      return fields.each('template_list', (template) => {
        const content = template.text('content');
        const places = [...content.matchAll(/\{\{(\w+)\.DATA\}\}/g)].map(([, place = '']) => place);
        return { id: template.filled('template_id'), title: template.text('title'), content, places };
      });
    },
  };
}

/** https://developers.weixin.qq.com/doc/service/api/notify/notify/api_sendnewsubscribemsg.html */
export function createSubscriptionNotices(calls: AccountCalls): SubscriptionNotices {
  return {
    async send(account, notice) {
      checkValues(notice.values);
      const { url, ...rest } = render(notice);
      const json = url === undefined ? rest : { ...rest, page: url };
      const answer = await calls.send(account, { method: 'POST', path: NOTICE_PATH, json });
      return outcomeOf(answer, (refusal) => refusedFor(refusal, account));
    },
  };
}

/** How a template message ended, by the `Status` of TEMPLATESENDJOBFINISH, which comes with and without a blank. */
export function readTemplateStatus(status: string): 'delivered' | 'blocked-by-person' | 'failed' {
  const plain = status.toLowerCase().replaceAll(/\s/g, '');
  if (plain === 'success') return 'delivered';
  return plain.startsWith('failed:userblock') ? 'blocked-by-person' : 'failed';
}

/** How a subscription notice ended, by the `ErrorCode` of subscribe_msg_sent_event. */
export function readNoticeErrorCode(errorCode: string): 'delivered' | 'failed' {
  return /^0+$/.test(errorCode.trim()) ? 'delivered' : 'failed';
}

async function clear(answer: Promise<ApiAnswer>): Promise<ApiAnswer | UnclearSend> {
  try {
    const said = await answer;
    const busy = said.kind === 'refused' && errorRow(said).action === 'retry-if-repeatable';
    return busy ? { kind: 'unclear', reason: 'wechat-busy' } : said;
  } catch (error) {
    const unclear = ['wechat-unreachable', 'wechat-too-slow', 'wechat-garbled'];
    if (error instanceof OutsideTrouble && unclear.includes(error.code)) return { kind: 'unclear', reason: error.code };
    throw error;
  }
}

function outcomeOf(answer: ApiAnswer | UnclearSend, trouble: (refusal: ApiRefusal) => Error): NoticeOutcome {
  if (answer.kind === 'unclear') return answer;
  if (answer.kind === 'ok') {
    const fields = new AnswerFields(TEMPLATE_PATH, answer.body);
    return { kind: 'accepted', messageId: fields.has('msgid') ? fields.id('msgid') : null };
  }
  const why = whyOf(answer);
  if (why === undefined) throw trouble(answer);
  return { kind: 'refused', why, errcode: answer.errcode, message: answer.errmsg };
}

function whyOf(refusal: ApiRefusal): NoticeRefusal | undefined {
  const { errcode } = refusal;
  if (errcode === TEMPLATE_GONE) return 'template-gone';
  if (ERRCODES_OF_VALUES.has(errcode)) return 'values-wrong';
  // Wrong names of places were seen to be called a wrong openid, too.
  if (errcode === 40003 && refusal.path === NOTICE_PATH) return 'values-wrong';
  const { action } = errorRow(refusal);
  if (action === 'drop') return 'person-unreachable';
  if (action === 'spend-grant') return 'no-consent';
  return action === 'feature-off' ? 'feature-off' : undefined;
}

function render({ person, templateId, values, url, miniProgram }: Notice): Readonly<Record<string, unknown>> {
  if (templateId === '') throw wrongArgument('templateId', 'must not be empty');
  const wrongName = Object.keys(values).find((name) => !/^[A-Za-z]\w{0,31}$/.test(name));
  if (wrongName !== undefined)
    throw wrongArgument(`values.${wrongName}`, 'is no name of a place; it goes without .DATA');
  return {
    touser: person,
    template_id: templateId,
    ...(url === undefined ? {} : { url }),
    ...(miniProgram === undefined ? {} : { miniprogram: { appid: miniProgram.appId, pagepath: miniProgram.pagePath } }),
    data: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
  };
}

/** What fits a place, by the letters its name begins with: https://developers.weixin.qq.com/doc/service/guide/product/subscription_messages.html */
const FITS: readonly (readonly [kind: string, pattern: RegExp, message: string])[] = [
  ['thing', /^.{1,20}$/su, 'must have 1 to 20 characters'],
  ['number', /^-?[\d.]{1,32}$/, 'must be a number of at most 32 digits'],
  ['letter', /^[A-Za-z]{1,32}$/, 'must have 1 to 32 letters'],
  ['symbol', /^[^\p{L}\p{N}\s]{1,5}$/u, 'must have 1 to 5 signs'],
  ['character_string', /^[\x20-\x7E]{1,32}$/, 'must have 1 to 32 letters, digits or signs'],
  ['amount', /^\p{Sc}?\d{1,10}(?:\.\d+)?元?$/u, 'must be an amount of at most 10 digits, one currency sign before'],
  ['phone_number', /^[\d+-]{1,17}$/, 'must be a telephone number of at most 17 digits'],
  ['car_number', /^.{1,8}$/su, 'must have 1 to 8 characters'],
  [
    'name',
    /^(?:\p{Script=Han}{1,10}|(?!.*\p{Script=Han})[\p{L} .·]{1,20})$/u,
    'must be a name of at most 10 Chinese or 20 other letters',
  ],
  ['phrase', /^\p{Script=Han}{1,5}$/u, 'must have 1 to 5 Chinese characters'],
  ['time', /\d/, 'must be a time'],
  ['date', /\d/, 'must be a date'],
];

function checkValues(values: Readonly<Record<string, string>>): void {
  const faults = Object.entries(values).flatMap(([place, value]) => {
    const rule = FITS.find(([kind]) => new RegExp(`^${kind}\\d*$`).test(place));
    if (value !== '' && (rule === undefined || rule[1].test(value))) return [];
    return [{ path: `values.${place}`, message: rule?.[2] ?? 'must not be empty' }];
  });
  const [first] = faults;
  if (first !== undefined) throw new WrongRequest('arguments-wrong', `${first.path} ${first.message}`, { faults });
}
