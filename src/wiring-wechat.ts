import type pg from 'pg';
import { accountId } from './base/ids.ts';
import type { Logger } from './base/logger.ts';
import type { Config, Hosts } from './config.ts';
import { createLateReplies } from './flows/chat/late-replies.ts';
import { createNoteEvent } from './flows/chat/note-event.ts';
import { createTellLateReplies } from './flows/chat/tell-late-replies.ts';
import { createClaimAwards } from './flows/payees/claim-awards.ts';
import { createClaimLinks } from './flows/payees/claim-link.ts';
import { createFindPayees } from './flows/payees/find-payees.ts';
import { createRefreshFollowers } from './flows/people/refresh-followers.ts';
import type { AccountDirectory } from './flows/ports/accounts.ts';
import type { LiveActivity } from './flows/ports/draws.ts';
import type { SharedMemory } from './flows/ports/shared-memory.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import { createKeepPictures } from './flows/settings/keep-pictures.ts';
import { createKeepVerificationFiles } from './flows/settings/keep-verification-files.ts';
import { createOneAtATime } from './flows/settings/one-at-a-time.ts';
import { createOperateAccounts } from './flows/settings/operate-accounts.ts';
import { createOperateMenu } from './flows/settings/operate-menu.ts';
import { createOperateReplies } from './flows/settings/operate-replies.ts';
import { createOperateScenes } from './flows/settings/operate-scenes.ts';
import { LinkPayees } from './jobs/link-payees.ts';
import { RefreshFollowersJob } from './jobs/refresh-followers.ts';
import { LateReplyTeller } from './jobs/tell-late-replies.ts';
import { createWordFolder } from './rules/fold-word.ts';
import { createActivityChooser } from './rules/trigger.ts';
import { createAccountSettings } from './store/account/account-settings.ts';
import { createChatSettings, createSceneVisits } from './store/account/chat-settings.ts';
import { createFollowerRefreshes } from './store/account/follower-refreshes.ts';
import { createInvitationStore } from './store/account/invitations.ts';
import { createKeywordReplies } from './store/account/keyword-replies.ts';
import { createLateReplyStore } from './store/account/late-replies.ts';
import { createMenuDrafts } from './store/account/menu-drafts.ts';
import { createPayeeLinks } from './store/account/payee-links.ts';
import { createSceneRecords } from './store/account/scene-codes.ts';
import { createPictures } from './store/account/pictures.ts';
import { createVerificationFiles } from './store/account/verification-files.ts';
import { createActivityStore } from './store/activity-store.ts';
import type { SecretBox } from './store/sealed-secret.ts';
import { AccessTokens } from './wechat/access-token.ts';
import { createApiClient } from './wechat/api-client.ts';
import { AccountCalls } from './wechat/api/account-calls.ts';
import { createCustomerMessages } from './wechat/api/customer-messages.ts';
import { createFollowerRecords } from './wechat/api/follower-records.ts';
import { createPageSigner, JsapiTickets } from './wechat/api/jsapi-tickets.ts';
import { createMenus } from './wechat/api/menus.ts';
import { createSceneCodes } from './wechat/api/scene-codes.ts';
import { createWebProfiles } from './wechat/api/web-profiles.ts';
import { createWebAuthorization } from './wechat/oauth.ts';
import { systemLuck } from './wiring-payouts.ts';
import type { People } from './wiring-people.ts';

/** What this process asks WeChat, over one set of connections, with one access token for all processes. */
export type WechatApi = ReturnType<typeof openWechatApi>;

/** Joins the API client's parts. `close` ends its connections. */
export function openWechatApi(parts: {
  readonly config: Pick<Config, 'publicUrl'> & { readonly hosts: Pick<Hosts, 'apiUrl' | 'openUrl' | 'mpUrl'> };
  readonly logger: Logger;
  readonly memory: SharedMemory;
  readonly clock: Clock;
}) {
  const { config, logger, memory, clock } = parts;
  const api = createApiClient({ baseUrl: config.hosts.apiUrl, logger });
  const tokens = new AccessTokens({ api, memory, clock, logger, endpoint: (account) => account.tokenEndpoint });
  const tickets = new JsapiTickets({ tokens, memory, clock, logger });
  const calls = new AccountCalls({ tokens, clock });
  const origins = [new URL(config.publicUrl).origin];
  return {
    authorization: createWebAuthorization({ api, openUrl: config.hosts.openUrl }),
    profiles: createWebProfiles(api),
    followerRecords: createFollowerRecords(calls),
    customerMessages: createCustomerMessages(calls, clock),
    menus: createMenus(calls),
    sceneCodes: createSceneCodes(calls, config.hosts.mpUrl),
    pageSigner: createPageSigner({ tickets, origins, clock, luck: systemLuck }),
    close: () => api.close(),
  };
}

/** What the parts of a chat are made from. */
export interface ChatParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly pool: pg.Pool;
  readonly box: SecretBox;
  readonly clock: Clock;
  readonly memory: SharedMemory;
  readonly accounts: AccountDirectory;
}

/** What a chat needs beside activities and draws. */
export type Chat = ReturnType<typeof openChat>;

/** Joins operators' texts, payees and late replies with followers. */
export function openChat(parts: ChatParts & { readonly people: People }) {
  const { config, logger, pool, box, clock, memory, accounts, people } = parts;
  const { followers, personalData } = people;
  const publicUrl = config.publicUrl.replace(/\/$/, '');
  const lateReplies = createLateReplyStore({ pool, nowMs: () => clock.nowMs(), logger });
  const links = createPayeeLinks(pool);
  const visits = createSceneVisits(pool);
  const invitations = createInvitationStore(pool, people.pseudonyms);
  return {
    publicUrl,
    followers,
    lateReplies,
    invitations,
    links,
    settings: createChatSettings({ pool, logger }),
    chooser: createActivityChooser<LiveActivity>(),
    foldWords: createWordFolder(),
    claims: createClaimLinks({ links, seal: box, clock, publicUrl }),
    claimAwards: createClaimAwards({ accounts, links, seal: box, clock, logger }),
    late: createLateReplies({ memory, store: lateReplies, clock, logger }),
    noteEvent: createNoteEvent({
      followers,
      visits,
      invitations,
      personalData: (account, event) => personalData.handle(account, event),
      logger,
    }),
  };
}

/** Starts what brings late replies. */
export function startLateReplyTeller(
  { accounts, clock, logger }: ChatParts,
  { lateReplies: store }: Chat,
  { customerMessages: messages }: WechatApi,
): LateReplyTeller {
  const teller = createTellLateReplies({ store, accounts, messages, clock, logger });
  const loop = new LateReplyTeller({ teller, clock, logger });
  loop.start();
  return loop;
}

/** Starts what links winners whom WeChat has told us about since they won. */
export function startPayeeLinker(
  { accounts, clock, logger }: ChatParts,
  { links, followers }: Chat,
  { followerRecords: records }: WechatApi,
): LinkPayees {
  const findPayees = createFindPayees({ links, accounts, records, followers, clock, logger });
  const loop = new LinkPayees({ findPayees, clock, logger });
  loop.start();
  return loop;
}

/** Starts what asks WeChat about followers once a day; nothing where the configuration turns it off. */
export function startFollowerRefresh(
  { config, pool, accounts, clock, logger }: ChatParts,
  { pseudonyms }: People,
  { followerRecords: records }: WechatApi,
): readonly RefreshFollowersJob[] {
  const { followersPerMinute: peoplePerMinute } = config;
  if (peoplePerMinute === 0) return [];
  const refreshes = createFollowerRefreshes(pool, pseudonyms);
  const refresh = createRefreshFollowers({ refreshes, accounts, records, clock, luck: systemLuck, logger });
  const job = new RefreshFollowersJob({ refresh, clock, logger, peoplePerMinute });
  job.start();
  return [job];
}

/** Joins what operators set for accounts; `files` are what the domain answers WeChat with. */
export function settingFlows(
  {
    config,
    pool,
    box,
    clock,
    logger,
    memory,
    accounts,
  }: Omit<ChatParts, 'config'> & {
    readonly config: Pick<Config, 'publicUrl'>;
  },
  { menus, sceneCodes: codes }: Pick<WechatApi, 'menus' | 'sceneCodes'>,
) {
  const { publicUrl } = config;
  const settings = createAccountSettings({ pool, box });
  const replies = createKeywordReplies(pool);
  const files = createVerificationFiles(pool);
  const drafts = createMenuDrafts(pool);
  const activities = createActivityStore(pool);
  const oneAtATime = createOneAtATime({ memory, luck: systemLuck });
  const shared = { accounts, settings, oneAtATime, publicUrl, clock, luck: systemLuck, logger };
  return {
    files,
    settings: {
      accounts: createOperateAccounts({ ...shared, configured: accountId('main') }),
      replies: createOperateReplies({ ...shared, replies }),
      menu: createOperateMenu({ ...shared, drafts, menus, activities, replies }),
      scenes: createOperateScenes({ ...shared, records: createSceneRecords(pool), codes }),
      verificationFiles: createKeepVerificationFiles({ ...shared, files }),
      pictures: createKeepPictures({ ...shared, pictures: createPictures(pool) }),
    },
  };
}
