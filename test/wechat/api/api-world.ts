import { openid } from '../../../src/base/ids.ts';
import type { Openid } from '../../../src/base/ids.ts';
import type { Account } from '../../../src/flows/ports/accounts.ts';
import type { AccountDesk } from '../../../src/simulator/weixin/account-desk.ts';
import type { SimulatorOptions } from '../../../src/simulator/simulator-options.ts';
import { startSimulator } from '../../../src/simulator/simulator.ts';
import type { Simulator } from '../../../src/simulator/simulator.ts';
import { ProcessMemory } from '../../../src/store/process-memory.ts';
import { AccessTokens } from '../../../src/wechat/access-token.ts';
import { createApiClient } from '../../../src/wechat/api-client.ts';
import type { ApiClient } from '../../../src/wechat/api-client.ts';
import { AccountCalls } from '../../../src/wechat/api/account-calls.ts';
import { startCallback } from '../../simulator/callback-server.ts';
import { quietLogger } from '../../support/quiet-logger.ts';
import { anAccount } from '../builders.ts';
import { scriptedWechat, testClock } from '../scripted-wechat.ts';

type Hook = Parameters<typeof scriptedWechat>[0];

export interface ApiWorld {
  readonly simulator: Simulator;
  readonly account: Account;
  /** The main account at WeChat. */
  readonly desk: AccountDesk;
  readonly api: ApiClient;
  readonly tokens: AccessTokens;
  readonly calls: AccountCalls;
  readonly clock: ReturnType<typeof testClock>;
  readonly logger: ReturnType<typeof quietLogger>;
  /** openids of the people, in the simulator's order. */
  readonly people: readonly Openid[];
  /** Bodies that the account was pushed, by the fields asked for. */
  readonly pushed: string[];
}

/** Our calls against the simulator, whose pushes go to a callback that acknowledges them. */
export async function apiWorld(context: Hook, options: SimulatorOptions = {}): Promise<ApiWorld> {
  const simulator = await startSimulator({ seed: 'api', mode: 'plain', ...options });
  context.after(() => simulator.close());
  const pushed: string[] = [];
  const callback = await startCallback(({ body }) => {
    pushed.push(body);
    return 'success';
  });
  context.after(() => callback.close());
  simulator.setCallbackUrl(callback.url);
  const desk = simulator.desks.get(simulator.account.appId);
  if (desk === undefined) throw new Error('the simulator plays no account');
  const { appId, appSecret } = simulator.account;
  const people = simulator.followers.list().map((follower) => openid(follower.openid));
  return {
    ...speakTo(context, simulator.httpUrl),
    simulator,
    desk,
    people,
    pushed,
    account: anAccount({ appId, appSecret }),
  };
}

/** Our calls to any address. */
export function speakTo(context: Hook, baseUrl: string, deadlineMs = 5000) {
  const logger = quietLogger();
  const api = createApiClient({ baseUrl, logger, deadlineMs });
  context.after(() => api.close());
  const clock = testClock();
  const tokens = new AccessTokens({ api, memory: new ProcessMemory(), clock, logger });
  return { api, tokens, clock, logger, calls: new AccountCalls({ tokens, clock }) };
}

/** Our calls to a WeChat that gives a token and then the answers listed, the last one for ever. */
export async function scriptedCalls(context: Hook, answers: readonly (object | string)[], deadlineMs = 5000) {
  const left = [...answers];
  const wechat = await scriptedWechat(context, (request) => {
    if (request.path.endsWith('token')) return { access_token: 'token-1', expires_in: 7200 };
    return left.length > 1 ? left.shift() : left[0];
  });
  const sent = () => wechat.seen.filter((request) => !request.path.endsWith('token'));
  return { ...speakTo(context, wechat.url, deadlineMs), wechat, sent, account: anAccount() };
}
