import type { Account } from '../../flows/ports/accounts.ts';
import type { MediaFile, MediaKind, MediaLibrary } from '../../flows/ports/media-library.ts';
import { garbled } from '../api-client.ts';
import { refusedFor, wrongArgument } from './account-calls.ts';
import type { AccountCalls } from './account-calls.ts';
import { AnswerFields } from './answer-fields.ts';

const KEPT_MS = 3 * 86_400_000;
/** 10 MB at a slow 3 Mbit/s. */
const FILE_DEADLINE_MS = 30_000;
const MEDIA_GONE = 40007;
const PAGE_MAX = 20;
const LIMITS: Readonly<Record<MediaKind | 'article', { readonly bytesMax: number; readonly names: RegExp }>> = {
  image: { bytesMax: 10_485_760, names: /\.(?:png|jpe?g|gif)$/i },
  voice: { bytesMax: 2_097_152, names: /\.(?:amr|mp3)$/i },
  video: { bytesMax: 10_485_760, names: /\.mp4$/i },
  thumb: { bytesMax: 65_536, names: /\.jpe?g$/i },
  article: { bytesMax: 1_048_576, names: /\.(?:png|jpe?g)$/i },
};

/** https://developers.weixin.qq.com/doc/service/api/material/temporary/api_uploadtempmedia.html and its neighbours. */
export function createMediaLibrary(calls: AccountCalls): MediaLibrary {
  const upload = (account: Account, path: string, given: Parts): Promise<AnswerFields> => {
    const { kind, file, texts = {} } = given;
    checkFile(kind, file);
    const query: Record<string, string> = kind === 'article' ? {} : { type: kind };
    const part = { field: 'media', ...file };
    // Once only: a permanent one would be kept twice.
    const request = {
      method: 'POST',
      path,
      query,
      upload: { file: part, texts },
      deadlineMs: FILE_DEADLINE_MS,
    } as const;
    return calls.write(account, request);
  };
  return {
    async upload(account, kind, file) {
      const fields = await upload(account, '/cgi-bin/media/upload', { kind, file });
      const mediaId = fields.filled(kind === 'thumb' ? 'thumb_media_id' : 'media_id');
      return { mediaId, expiresAtMs: fields.whole('created_at') * 1000 + KEPT_MS };
    },

    async download(account, mediaId, options = {}) {
      const path = options.jsSdkVoice === true ? '/cgi-bin/media/get/jssdk' : '/cgi-bin/media/get';
      const query = { media_id: mediaId };
      const answer = await calls.download(account, { method: 'GET', path, query, deadlineMs: FILE_DEADLINE_MS });
      if (answer.kind === 'file') return answer;
      if (answer.kind === 'ok') return { kind: 'video', url: new AnswerFields(path, answer.body).filled('video_url') };
      if (answer.errcode === MEDIA_GONE) return null;
      throw refusedFor(answer, account);
    },

    async uploadArticleImage(account, file) {
      return (await upload(account, '/cgi-bin/media/uploadimg', { kind: 'article', file })).filled('url');
    },

    async addPermanent(account, kind, file, video) {
      if (kind === 'video' && (video === undefined || video.title === '')) {
        throw wrongArgument('video.title', 'must not be empty');
      }
      const description = { title: video?.title, introduction: video?.description };
      const texts: Record<string, string> = kind === 'video' ? { description: JSON.stringify(description) } : {};
      return (await upload(account, '/cgi-bin/material/add_material', { kind, file, texts })).filled('media_id');
    },

    async removePermanent(account, mediaId) {
      const request = { method: 'POST', path: '/cgi-bin/material/del_material', json: { media_id: mediaId } } as const;
      await calls.write(account, request);
    },

    async countPermanent(account) {
      const fields = await calls.read(account, { method: 'GET', path: '/cgi-bin/material/get_materialcount' });
      const count = (kind: string): number => fields.whole(`${kind}_count`);
      return { image: count('image'), voice: count('voice'), video: count('video'), news: count('news') };
    },

    listPermanent: (account, kind, page) => listPermanent(calls, account, { kind, ...page }),
  };
}

async function listPermanent(
  calls: AccountCalls,
  account: Account,
  page: { readonly kind: MediaKind; readonly offset: number; readonly count: number },
): ReturnType<MediaLibrary['listPermanent']> {
  const { kind, offset, count } = page;
  if (!Number.isInteger(count) || count < 1 || count > PAGE_MAX)
    throw wrongArgument('count', `must be 1 to ${PAGE_MAX}`);
  if (!Number.isInteger(offset) || offset < 0) throw wrongArgument('offset', 'must be a whole number from 0');
  const path = '/cgi-bin/material/batchget_material';
  const fields = await calls.read(account, { method: 'POST', path, json: { type: kind, offset, count } });
  const items = fields.each('item', (item) => {
    const updatedAtMs = item.whole('update_time') * 1000;
    return { mediaId: item.filled('media_id'), name: item.textOr('name', ''), updatedAtMs };
  });
  if (items.length > count) throw garbled(path, 'more than was asked for');
  return { total: fields.whole('total_count'), items };
}

interface Parts {
  readonly kind: MediaKind | 'article';
  readonly file: MediaFile;
  readonly texts?: Readonly<Record<string, string>>;
}

function checkFile(kind: MediaKind | 'article', { fileName, bytes }: MediaFile): void {
  const { bytesMax, names } = LIMITS[kind];
  if (!names.test(fileName)) throw wrongArgument('file.fileName', `does not suit ${kind}`);
  if (bytes.length < 1 || bytes.length > bytesMax) throw wrongArgument('file', `must have 1 to ${bytesMax} bytes`);
}
