import type { Openid } from '../../base/ids.ts';
import type {
  FollowerRecord,
  FollowerRecords,
  FollowerTags,
  OpenidPage,
  StrangerRecord,
} from '../../flows/ports/follower-records.ts';
import { garbled } from '../api-client.ts';
import type { ApiRequest } from '../api-client.ts';
import { refusedFor, wrongArgument } from './account-calls.ts';
import type { AccountCalls } from './account-calls.ts';
import { AnswerFields } from './answer-fields.ts';

const INFO_PATH = '/cgi-bin/user/info';
const OPENID_UNKNOWN = 40003;
const PEOPLE_PER_BATCH_MAX = 100;
const REMARK_CHARACTERS_MAX = 29;
const TAG_NAME_BYTES_MAX = 30;
const TAGGED_AT_ONCE_MAX = 50;
const BLOCKED_AT_ONCE_MAX = 20;

/** https://developers.weixin.qq.com/doc/service/api/usermanage/userinfo/api_userinfo.html and its neighbours. */
export function createFollowerRecords(calls: AccountCalls): FollowerRecords {
  return {
    async record(account, person) {
      const request = { method: 'GET', path: INFO_PATH, query: { openid: person, lang: 'zh_CN' } } as const;
      const answer = await calls.repeatable(account, request);
      if (answer.kind === 'refused') {
        if (answer.errcode === OPENID_UNKNOWN) return null;
        throw refusedFor(answer, account);
      }
      return readRecord(new AnswerFields(INFO_PATH, answer.body), person);
    },

    async records(account, people) {
      checkPeople(people, PEOPLE_PER_BATCH_MAX);
      const json = { user_list: people.map((one) => ({ openid: one, lang: 'zh_CN' })) };
      const path = `${INFO_PATH}/batchget`;
      const records = (await calls.read(account, { method: 'POST', path, json })).each('user_info_list', (fields) =>
        readRecord(fields, fields.openid('openid')),
      );
      const asked = new Set(people);
      if (records.length !== asked.size || records.some((one) => !asked.has(one.openid))) {
        throw garbled(path, 'other people than were asked for');
      }
      return records;
    },

    async page(account, after) {
      const query: Record<string, string> = after === null ? {} : { next_openid: after };
      const fields = await calls.read(account, { method: 'GET', path: '/cgi-bin/user/get', query });
      return { total: fields.whole('total'), ...readPage(fields) };
    },

    async setRemark(account, person, remark) {
      if (Array.from(remark).length > REMARK_CHARACTERS_MAX) {
        throw wrongArgument('remark', `has more than ${REMARK_CHARACTERS_MAX} characters`);
      }
      await calls.read(account, post('/cgi-bin/user/info/updateremark', { openid: person, remark }));
    },
  };
}

/** https://developers.weixin.qq.com/doc/service/api/usermanage/tagmanage/api_createtag.html and its neighbours. */
export function createFollowerTags(calls: AccountCalls): FollowerTags {
  return {
    async tags(account) {
      const fields = await calls.read(account, { method: 'GET', path: '/cgi-bin/tags/get' });
      return fields.each('tags', (tag) => {
        return { id: tag.whole('id'), name: tag.text('name'), followers: tag.wholeOr('count', 0) };
      });
    },
    async create(account, name) {
      checkTagName(name);
      // Not repeated while WeChat is busy: the name would be taken the second time.
      return (await calls.write(account, post('/cgi-bin/tags/create', { tag: { name } }))).fields('tag').whole('id');
    },
    async rename(account, id, name) {
      checkTagName(name);
      await calls.read(account, post('/cgi-bin/tags/update', { tag: { id, name } }));
    },
    async remove(account, id) {
      await calls.write(account, post('/cgi-bin/tags/delete', { tag: { id } }));
    },
    async members(account, tagId, after) {
      const json = { tagid: tagId, next_openid: after ?? '' };
      return readPage(await calls.read(account, post('/cgi-bin/user/tag/get', json)));
    },
    async tag(account, tagId, people) {
      checkPeople(people, TAGGED_AT_ONCE_MAX);
      await calls.read(account, post('/cgi-bin/tags/members/batchtagging', { openid_list: people, tagid: tagId }));
    },
    async untag(account, tagId, people) {
      checkPeople(people, TAGGED_AT_ONCE_MAX);
      await calls.read(account, post('/cgi-bin/tags/members/batchuntagging', { openid_list: people, tagid: tagId }));
    },
    async tagsOf(account, person) {
      return (await calls.read(account, post('/cgi-bin/tags/getidlist', { openid: person }))).wholes('tagid_list');
    },
    async blacklist(account, after) {
      const request = post('/cgi-bin/tags/members/getblacklist', { begin_openid: after ?? '' });
      return readPage(await calls.read(account, request));
    },
    async block(account, people) {
      checkPeople(people, BLOCKED_AT_ONCE_MAX);
      await calls.read(account, post('/cgi-bin/tags/members/batchblacklist', { openid_list: people }));
    },
    async unblock(account, people) {
      checkPeople(people, BLOCKED_AT_ONCE_MAX);
      await calls.read(account, post('/cgi-bin/tags/members/batchunblacklist', { openid_list: people }));
    },
  };
}

function readRecord(fields: AnswerFields, asked: Openid): FollowerRecord | StrangerRecord {
  if (fields.openid('openid') !== asked) throw garbled(INFO_PATH, 'another openid');
  const unionId = fields.textOr('unionid', '') || null;
  const subscribe = fields.whole('subscribe');
  if (subscribe === 0) return { openid: asked, subscribed: false, unionId };
  if (subscribe !== 1) throw garbled(INFO_PATH, 'no subscription');
  const sceneText = fields.textOr('qr_scene_str', '');
  const sceneNumber = fields.wholeOr('qr_scene', 0);
  return {
    openid: asked,
    subscribed: true,
    unionId,
    subscribedAtMs: fields.whole('subscribe_time') * 1000,
    remark: fields.textOr('remark', ''),
    tagIds: fields.has('tagid_list') ? fields.wholes('tagid_list') : [],
    cameBy: fields.textOr('subscribe_scene', 'OTHERS'),
    scene: sceneText || (sceneNumber === 0 ? null : String(sceneNumber)),
  };
}

/** An empty page has no data, and the page behind the last is empty. */
function readPage(fields: AnswerFields): OpenidPage {
  const openids = fields.has('data') ? fields.fields('data').openids('openid') : [];
  return { openids, next: openids.length === 0 ? null : fields.openidOrNull('next_openid') };
}

function checkPeople(people: readonly Openid[], max: number): void {
  if (people.length < 1 || people.length > max) throw wrongArgument('people', `must be 1 to ${max}`);
}

function checkTagName(name: string): void {
  const bytes = Buffer.byteLength(name);
  if (name.trim() === '' || bytes > TAG_NAME_BYTES_MAX) {
    throw wrongArgument('name', `must have 1 to ${TAG_NAME_BYTES_MAX} bytes`);
  }
}

function post(path: string, json: Readonly<Record<string, unknown>>): ApiRequest {
  return { method: 'POST', path, json };
}
