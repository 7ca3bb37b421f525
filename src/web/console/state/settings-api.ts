import type {
  AccountAnswer,
  AddAccountRequest,
  ChangeKeysRequest,
  ChangeTextsRequest,
} from '../../../http/contract/console-accounts.ts';
import type { LiveMenuAnswer, MenuAnswer, SaveMenuRequest } from '../../../http/contract/console-menu.ts';
import type { PictureAnswer, PicturesAnswer } from '../../../http/contract/console-pictures.ts';
import type { RepliesAnswer } from '../../../http/contract/console-replies.ts';
import type { ChangeSceneRequest, MakeSceneRequest, ScenesAnswer } from '../../../http/contract/console-scenes.ts';
import type { VerificationFilesAnswer } from '../../../http/contract/console-verification-files.ts';

/** What a keyword reply says. */
export interface ReplyContent {
  readonly words: readonly string[];
  readonly match: 'exact' | 'contains';
  readonly reply: string;
  readonly activityId: string | null;
  readonly enabled: boolean;
}

/** The part of the API by which accounts are set. Every method throws ApiProblem. */
export interface SettingsApi {
  readonly account: (id: string) => Promise<AccountAnswer>;
  readonly addAccount: (account: AddAccountRequest) => Promise<AccountAnswer>;
  readonly changeTexts: (id: string, changes: ChangeTextsRequest) => Promise<AccountAnswer>;
  readonly changeKeys: (id: string, changes: ChangeKeysRequest) => Promise<AccountAnswer>;
  readonly replies: (account: string) => Promise<RepliesAnswer>;
  readonly addReply: (account: string, reply: ReplyContent) => Promise<unknown>;
  readonly changeReply: (account: string, id: string, edit: ReplyContent & { revision: number }) => Promise<unknown>;
  readonly removeReply: (account: string, id: string, revision: number) => Promise<unknown>;
  readonly orderReplies: (account: string, ids: readonly string[]) => Promise<unknown>;
  readonly menu: (account: string) => Promise<MenuAnswer>;
  readonly liveMenu: (account: string) => Promise<LiveMenuAnswer>;
  readonly saveMenu: (account: string, menu: SaveMenuRequest) => Promise<MenuAnswer>;
  readonly publishMenu: (account: string, revision: number) => Promise<MenuAnswer>;
  readonly removeMenu: (account: string) => Promise<MenuAnswer>;
  readonly scenes: (account: string, after: string | null) => Promise<ScenesAnswer>;
  readonly makeScene: (account: string, scene: MakeSceneRequest) => Promise<unknown>;
  readonly changeScene: (account: string, scene: string, changes: ChangeSceneRequest) => Promise<unknown>;
  readonly renewScene: (account: string, scene: string) => Promise<unknown>;
  readonly files: () => Promise<VerificationFilesAnswer>;
  readonly putFile: (name: string, content: string) => Promise<unknown>;
  readonly removeFile: (name: string) => Promise<unknown>;
  readonly pictures: (account: string) => Promise<PicturesAnswer>;
  readonly keepPicture: (account: string, file: Blob) => Promise<PictureAnswer>;
}

/** Builds it over what asks. */
export function settingsApi(
  ask: <Result>(method: string, path: string, body?: unknown) => Promise<Result>,
): SettingsApi {
  const at = (account: string, rest = ''): string => `/accounts/${encodeURIComponent(account)}${rest}`;
  const reply = (account: string, id: string): string => at(account, `/replies/${encodeURIComponent(id)}`);
  const file = (name: string): string => `/verification-files/${encodeURIComponent(name)}`;
  return {
    account: (id) => ask('GET', at(id)),
    addAccount: (account) => ask('POST', '/accounts', account),
    changeTexts: (id, changes) => ask('PATCH', at(id), changes),
    changeKeys: (id, changes) => ask('PATCH', at(id, '/keys'), changes),
    replies: (account) => ask('GET', at(account, '/replies')),
    addReply: (account, content) => ask('POST', at(account, '/replies'), content),
    changeReply: (account, id, edit) => ask('PATCH', reply(account, id), edit),
    removeReply: (account, id, revision) => ask('DELETE', `${reply(account, id)}?revision=${revision}`),
    orderReplies: (account, ids) => ask('PUT', at(account, '/replies/order'), { ids }),
    menu: (account) => ask('GET', at(account, '/menu')),
    liveMenu: (account) => ask('GET', at(account, '/menu/live')),
    saveMenu: (account, menu) => ask('PUT', at(account, '/menu'), menu),
    publishMenu: (account, revision) => ask('POST', at(account, '/menu/publish'), { revision }),
    removeMenu: (account) => ask('DELETE', at(account, '/menu')),
    scenes: (account, after) =>
      ask('GET', at(account, `/scenes${after === null ? '' : `?after=${encodeURIComponent(after)}`}`)),
    makeScene: (account, scene) => ask('POST', at(account, '/scenes'), scene),
    changeScene: (account, scene, changes) =>
      ask('PATCH', at(account, `/scenes/${encodeURIComponent(scene)}`), changes),
    renewScene: (account, scene) => ask('POST', at(account, `/scenes/${encodeURIComponent(scene)}/renew`), {}),
    files: () => ask('GET', '/verification-files'),
    putFile: (name, content) => ask('PUT', file(name), { content }),
    removeFile: (name) => ask('DELETE', file(name)),
    pictures: (account) => ask('GET', at(account, '/pictures')),
    keepPicture: (account, picture) => ask('POST', at(account, '/pictures'), picture),
  };
}
