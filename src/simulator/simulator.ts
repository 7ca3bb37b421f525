import type { Account } from './account.ts';
import type { SimulatorClock } from './clock.ts';
import { ControlApi } from './control/control-api.ts';
import type { Followers } from './followers.ts';
import type { Books } from './pay/books.ts';
import type { CouponDesk } from './pay/coupon-desk.ts';
import type { Faults } from './pay/faults.ts';
import type { PayRules } from './pay/pay-rules.ts';
import { PayServer } from './pay/pay-server.ts';
import type { Shop } from './pay/shop.ts';
import type { ShopNotices } from './pay/shop-notices.ts';
import type { TransferNotices } from './pay/transfer-notices.ts';
import type { FlawedPush } from './push/flawed-push.ts';
import type { Push } from './push/push.ts';
import { StateFolder } from './saved-state.ts';
import type { ServiceLinks, SimulatorOptions } from './simulator-options.ts';
import type { Timeline } from './timeline.ts';
import type { AccountDesk } from './weixin/account-desk.ts';
import type { Tokens } from './weixin/tokens.ts';
import type { WebAuthorization } from './weixin/web-authorization.ts';
import { WeixinApi } from './weixin/weixin-api.ts';
import { WeixinServer } from './weixin/weixin-server.ts';
import { makeIdentities, stateOf, World } from './world.ts';

export type Simulator = {
  httpUrl: string;
  payUrl: string;
  caPem: string;
  account: Account;
  merchant: { mchId: string; apiKey: string; p12: Buffer; certPem: string; keyPem: string };
  /** App secrets of all accounts played, by app id. */
  secrets: ReadonlyMap<string, string>;
  clock: SimulatorClock;
  faults: Faults;
  books: Books;
  followers: Followers;
  /** Coupons that people were given. */
  coupons: CouponDesk;
  /** What customers paid at the merchant's shop, and how the service is told of it. */
  shop: Shop;
  shopNotices: ShopNotices;
  /** Confirmations of transfers, and how the service is told how they ended. */
  transferNotices: TransferNotices;
  push: Push;
  /** Pushes that the service has to refuse. */
  flawedPush: FlawedPush;
  /** Switches and limits of the pay side; may be changed while it runs. */
  payRules: PayRules;
  tokens: Tokens;
  authorization: WebAuthorization;
  /** What each account played has at WeChat, by app id: rights, people, menus, media and so on. */
  desks: ReadonlyMap<string, AccountDesk>;
  timeline: Timeline;
  setCallbackUrl(url: string): void;
  setRedirectHosts(hosts: readonly string[]): void;
  setLinks(links: ServiceLinks): void;
  close(): Promise<void>;
};

/**
 * Starts a pretend WeChat and WeChat Pay on 127.0.0.1 with keys and certificates of its own. It shares no code with the
 * service that it tests. Throws when no port is free or when `dataDir` holds something else.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const folder = options.dataDir === undefined ? undefined : new StateFolder(options.dataDir);
  const saved = folder?.readState();
  const identities = saved?.identities ?? (await makeIdentities(options));
  const world = new World({ options, identities, saved, folder });
  folder?.writeState(stateOf(world));
  const control = new ControlApi({ ...world.parts(), explain: options.explain, links: options.links ?? {} });
  const api = new WeixinApi({ ...world.parts(), random: world.random.fork('api') });
  const weixinServer = new WeixinServer({ api, control, pagesDir: options.pagesDir });
  const { certificates, merchant } = identities;
  const payServer = new PayServer({ ...world.parts(), certificates, merchant });
  const payPort = await payServer.start(options.payPort ?? 0);
  const httpPort = await weixinServer.start(options.httpPort ?? 0);
  const close = async (): Promise<void> => {
    world.push.stop();
    world.shopNotices.stop();
    world.transferNotices.stop();
    await Promise.all([payServer.stop(), weixinServer.stop()]);
    folder?.writeState(stateOf(world));
  };
  const setLinks = (links: ServiceLinks): void => control.setLinks(links);
  const urls = { httpUrl: `http://127.0.0.1:${httpPort}`, payUrl: `https://127.0.0.1:${payPort}` };
  return assemble(world, { ...urls, setLinks, close });
}

function assemble(world: World, ends: Pick<Simulator, 'httpUrl' | 'payUrl' | 'setLinks' | 'close'>): Simulator {
  const { certificates, merchant } = world.identities;
  return {
    ...ends,
    ...world.parts(),
    caPem: certificates.ca.certPem,
    merchant: { ...merchant, ...certificates.merchant },
    setCallbackUrl: (url) => world.push.setCallbackUrl(url),
    setRedirectHosts: (hosts) => world.authorization.setHosts(hosts),
  };
}
