import type { PlatformFacts } from '../../flows/ports/platform-facts.ts';
import { refusedFor, wrongArgument } from './account-calls.ts';
import type { AccountCalls } from './account-calls.ts';
import { AnswerFields } from './answer-fields.ts';

const RID_UNKNOWN = 76001;
const RID_PATH = '/cgi-bin/openapi/rid/get';
/** WeChat tries out the callback meanwhile. */
const CHECK_DEADLINE_MS = 20_000;

/** https://developers.weixin.qq.com/doc/service/api/base/api_getcallbackip.html and its neighbours. */
export function createPlatformFacts(calls: AccountCalls): PlatformFacts {
  return {
    async callbackAddresses(account) {
      return (await calls.read(account, { method: 'GET', path: '/cgi-bin/getcallbackip' })).texts('ip_list');
    },
    async apiAddresses(account) {
      return (await calls.read(account, { method: 'GET', path: '/cgi-bin/get_api_domain_ip' })).texts('ip_list');
    },
    async checkCallback(account) {
      const json = { action: 'all', check_operator: 'DEFAULT' };
      const request = { method: 'POST', path: '/cgi-bin/callback/check', json, deadlineMs: CHECK_DEADLINE_MS } as const;
      const fields = await calls.write(account, request);
      const dns = fields.has('dns') ? fields.each('dns', readDns) : [];
      return { dns, ping: fields.has('ping') ? fields.each('ping', readPing) : [] };
    },
    async quota(account, path) {
      checkPath(path);
      const request = { method: 'POST', path: '/cgi-bin/openapi/quota/get', json: { cgi_path: path } } as const;
      const quota = (await calls.read(account, request)).fields('quota');
      return { perDay: quota.whole('daily_limit'), used: quota.whole('used'), left: quota.whole('remain') };
    },
    async clearQuota(account, path) {
      checkPath(path);
      await calls.write(account, { method: 'POST', path: '/cgi-bin/openapi/quota/clear', json: { cgi_path: path } });
    },
    async clearAllQuotas(account) {
      await calls.write(account, { method: 'POST', path: '/cgi-bin/clear_quota', json: { appid: account.appId } });
    },
    async lookUpCall(account, rid) {
      const answer = await calls.repeatable(account, { method: 'POST', path: RID_PATH, json: { rid } });
      if (answer.kind === 'refused') {
        if (answer.errcode === RID_UNKNOWN) return null;
        throw refusedFor(answer, account);
      }
      const call = new AnswerFields(RID_PATH, answer.body).fields('request');
      // The address holds a token: only its path is for people.
      const url = call.text('request_url').split('?', 1)[0] ?? '';
      return { atMs: call.whole('invoke_time') * 1000, url, answer: call.text('response_body') };
    },
  };
}

function readDns(fields: AnswerFields): { ip: string; operator: string } {
  return { ip: fields.filled('ip'), operator: fields.textOr('real_operator', '') };
}

/** Loss comes as `0%`, time as `23.079ms`. */
function readPing(fields: AnswerFields): { ip: string; operator: string; loss: number; tookMs: number } {
  const loss = Number.parseFloat(fields.text('package_loss')) / 100;
  const tookMs = Number.parseFloat(fields.text('time'));
  const operator = fields.textOr('from_operator', '');
  return { ip: fields.filled('ip'), operator, loss: finite(loss), tookMs: finite(tookMs) };
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

function checkPath(path: string): void {
  if (!/^\/[a-z]/.test(path) || path.includes('?'))
    throw wrongArgument('path', 'must begin with one / and have no query');
}
