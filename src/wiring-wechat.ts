import type { Logger } from './base/logger.ts';
import type { Config } from './config.ts';
import type { SharedMemory } from './flows/ports/shared-memory.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
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

/** What this process asks WeChat, over one set of connections, with one access token for all processes. */
export type WechatApi = ReturnType<typeof openWechatApi>;

/** Joins the API client's parts. `close` ends its connections. */
export function openWechatApi(parts: {
  readonly config: Config;
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
