import { randomBytes } from 'node:crypto';
import { makeAccount, makeMerchantKeys } from './account.ts';
import { SimulatorClock } from './clock.ts';
import { Followers } from './followers.ts';
import { Books, type Packet } from './pay/books.ts';
import { ConfirmPage } from './pay/confirm-page.ts';
import { CouponDesk } from './pay/coupon-desk.ts';
import { Faults } from './pay/faults.ts';
import { PacketDesk } from './pay/packet-desk.ts';
import { defaultPayRules, type PayRules } from './pay/pay-rules.ts';
import { Shop } from './pay/shop.ts';
import { ShopNotices } from './pay/shop-notices.ts';
import { TransferDesk } from './pay/transfer-desk.ts';
import { TransferNotices } from './pay/transfer-notices.ts';
import { V3Keys } from './pay/v3-keys.ts';
import { FlawedPush } from './push/flawed-push.ts';
import { Push, type PushOptions } from './push/push.ts';
import { Random } from './random.ts';
import type { Identities, SavedState, StateFolder } from './saved-state.ts';
import type { SimulatorOptions } from './simulator-options.ts';
import { Timeline } from './timeline.ts';
import { makeCertificates } from './tls/certificates.ts';
import { AccountDesk } from './weixin/account-desk.ts';
import { Tokens } from './weixin/tokens.ts';
import { WebAuthorization } from './weixin/web-authorization.ts';

type Origins = {
  options: SimulatorOptions;
  identities: Identities;
  saved: SavedState | undefined;
  folder: StateFolder | undefined;
};

const defaultBalanceFen = 1_000_000;
const defaultFollowers = 3;
const defaultPush: PushOptions = {
  mode: 'safe',
  cutOffMs: 5000,
  deliveriesMax: 3,
  retryPauseMs: 1000,
  envelopes: 'fresh',
  faultsBeforeSilence: 50,
  timestamps: 'simulator',
  elementOrder: 'usual',
};
const statusTitles: Readonly<Record<Packet['status'], [string, string]>> = {
  SENDING: ['红包发放中', 'Packet on its way'],
  SENT: ['红包已到达聊天', 'Packet is in the chat'],
  FAILED: ['红包发放失败', 'Packet failed'],
  RECEIVED: ['红包已被领取', 'Packet was opened'],
  RFUND_ING: ['红包退款中', 'Packet is going back'],
  REFUND: ['红包已退款', 'Packet went back'],
};

/** Everything behind the two servers, joined once. */
export class World {
  readonly identities: Identities;
  readonly starts: number;
  readonly secrets: ReadonlyMap<string, string>;
  readonly random: Random;
  readonly clock: SimulatorClock;
  readonly timeline: Timeline;
  readonly payRules: PayRules;
  readonly books: Books;
  readonly followers: Followers;
  readonly faults: Faults;
  readonly desk: PacketDesk;
  readonly shop: Shop;
  readonly shopNotices: ShopNotices;
  readonly keys: V3Keys;
  readonly transfers: TransferDesk;
  readonly coupons: CouponDesk;
  readonly transferNotices: TransferNotices;
  readonly confirmPage: ConfirmPage;
  readonly push: Push;
  readonly flawedPush: FlawedPush;
  readonly tokens: Tokens;
  readonly authorization: WebAuthorization;
  readonly desks: ReadonlyMap<string, AccountDesk>;

  constructor({ options, identities, saved, folder }: Origins) {
    this.identities = identities;
    this.starts = (saved?.starts ?? 0) + 1;
    this.secrets = new Map(Object.entries(identities.secrets));
    this.random = new Random(`${identities.seed}/${this.starts}`);
    this.clock = new SimulatorClock(saved?.clockOffsetMs ?? startOffsetMs(options.startAtMs));
    this.timeline = new Timeline(this.clock);
    this.payRules = { ...defaultPayRules(), ...options.payRules };
    this.faults = new Faults(this.random.fork('faults'));
    const changed = (): void => folder?.writeSoon(() => stateOf(this));
    const journal = folder ? { journal: folder.appendJournal.bind(folder) } : {};
    this.books = new Books({ clock: this.clock, rules: this.payRules, ...journal });
    const appIds = [...this.secrets.keys()];
    const { clock, books, random, timeline } = this;
    this.followers = new Followers({ random: random.fork('people'), clock, books, appIds, changed });
    this.#fill(options, saved, folder);
    clock.onAdvance(changed);
    books.onChange((packet) => this.#notePacket(packet));
    const { followers, secrets } = this;
    this.desk = this.#makePacketDesk();
    this.tokens = new Tokens({ clock, random: random.fork('tokens'), secrets });
    this.desks = new Map(appIds.map((appId) => [appId, this.#makeDesk(appId)]));
    this.shop = new Shop({ clock, random: random.fork('shop'), merchant: identities.merchant });
    this.keys = new V3Keys({ clock, random: random.fork('v3') });
    this.shopNotices = this.#makeNotices();
    this.transfers = this.#makeTransferDesk();
    this.coupons = this.#makeCouponDesk();
    const { mchId } = identities.merchant;
    this.transferNotices = new TransferNotices({ clock, books, keys: this.keys, mchId });
    this.confirmPage = new ConfirmPage({ mchId, books, followers, notices: this.transferNotices });
    const accountOf = (appId: string): AccountDesk => this.#desk(appId);
    const people = { followers, timeline, secrets, accountOf };
    this.authorization = new WebAuthorization({ clock, random: random.fork('oauth'), ...people });
    if (options.oauthHosts) this.authorization.setHosts(options.oauthHosts);
    this.push = this.#makePush(options);
    const { account } = identities;
    this.flawedPush = new FlawedPush({ account, clock, random: random.fork('flawed'), push: this.push });
  }

  /** The parts by name, for those that need many of them. */
  parts() {
    const { secrets, random, clock, timeline, payRules, books, followers } = this;
    const { faults, desk, shop, shopNotices, push, flawedPush, tokens, authorization, desks } = this;
    const { keys, transfers, transferNotices, confirmPage, coupons } = this;
    const { account } = this.identities;
    const some = { account, secrets, random, clock, timeline, payRules, books, followers };
    return {
      ...some,
      keys,
      transfers,
      transferNotices,
      coupons,
      confirmPage,
      faults,
      desk,
      shop,
      shopNotices,
      push,
      flawedPush,
      tokens,
      authorization,
      desks,
    };
  }

  #fill(options: SimulatorOptions, saved: SavedState | undefined, folder: StateFolder | undefined): void {
    this.books.restore(folder?.readJournal() ?? []);
    if (saved) this.followers.restore(saved.followers, saved.savedAtMs);
    else this.followers.addMany(options.followers ?? defaultFollowers);
    const balanceFen = options.merchantBalanceFen ?? defaultBalanceFen;
    if (this.books.entries().length === 0 && balanceFen > 0) this.books.deposit(balanceFen);
  }

  /** What an account that is played has at WeChat. */
  #desk(appId: string): AccountDesk {
    const desk = this.desks.get(appId);
    if (!desk) throw new Error(`no account ${appId}`);
    return desk;
  }

  #makeDesk(appId: string): AccountDesk {
    const { clock, followers, timeline } = this;
    const main = appId === this.identities.account.appId;
    return new AccountDesk({
      appId,
      main,
      clock,
      followers,
      timeline,
      random: this.random.fork(`desk/${appId}`),
      mediaMade: (mediaId) => this.push.mediaIds.add(mediaId),
      push: (openid, fields) => this.push.sendEvent(openid, fields),
      mayPush: () => main && this.push.callbackUrl !== undefined,
    });
  }

  #makePacketDesk(): PacketDesk {
    const { payRules: rules, clock, books, followers: people, faults, random, identities } = this;
    const boundAppIds = new Set(this.secrets.keys());
    const parts = { merchant: identities.merchant, boundAppIds, rules, clock, books, people, faults };
    return new PacketDesk({ ...parts, random: random.fork('desk') });
  }

  #makeCouponDesk(): CouponDesk {
    const { payRules: rules, clock, followers: people, faults, random, identities } = this;
    const boundAppIds = new Set(this.secrets.keys());
    const parts = { merchant: identities.merchant, boundAppIds, rules, clock, people, faults };
    return new CouponDesk({ ...parts, random: random.fork('coupons') });
  }

  #makeTransferDesk(): TransferDesk {
    const { payRules: rules, clock, books, followers: people, faults, random, identities, keys } = this;
    const parts = { mchId: identities.merchant.mchId, boundAppIds: new Set(this.secrets.keys()), rules, clock, books };
    const openName = (sealed: string): string | undefined => keys.openName(sealed);
    return new TransferDesk({ ...parts, people, faults, random: random.fork('transfers'), openName });
  }

  /** A payment lets the account write to its payer. */
  #makeNotices(): ShopNotices {
    const { clock, random, shop, identities, keys } = this;
    const paid = ({ appId, openid }: { appId: string; openid: string }): void =>
      this.desks.get(appId)?.customerMessages.acted(openid, 'payment');
    return new ShopNotices({
      clock,
      random: random.fork('shop-notices'),
      shop,
      merchant: identities.merchant,
      keys,
      paid,
    });
  }

  #makePush(options: SimulatorOptions): Push {
    const { clock, followers, timeline } = this;
    const mode = options.mode ?? defaultPush.mode;
    const push = new Push({
      account: this.identities.account,
      options: { ...defaultPush, ...options.push, mode },
      clock,
      random: this.random.fork('push'),
      followers,
      timeline,
      acted: (openid, event) => this.#desk(this.identities.account.appId).customerMessages.acted(openid, event),
    });
    push.setCallbackUrl(options.callbackUrl);
    return push;
  }

  #notePacket(packet: Packet): void {
    const { openid, number, amountFen, status, reason = '' } = packet;
    const [title, titleEn] = statusTitles[status];
    const detail = { number, amountFen, status, reason };
    this.timeline.add({ kind: 'packet', openid, title, titleEn, detail });
    const totals = this.books.totals();
    this.timeline.add({ kind: 'books', openid, title: '商户账本', titleEn: 'Merchant books', detail: { ...totals } });
  }
}

/** Keys for a first start: by seed, except for the certificates. */
export async function makeIdentities(options: SimulatorOptions): Promise<Identities> {
  const seed = options.seed ?? randomBytes(16).toString('hex');
  const random = new Random(`${seed}/identities`);
  const account = makeAccount(random.fork('account'), options.appId);
  const others = options.appIds?.filter((appId) => appId !== account.appId) ?? [];
  const otherSecrets = others.map((appId) => [appId, random.fork(appId).hex(32)]);
  const merchant = makeMerchantKeys(random.fork('merchant'));
  return {
    seed,
    account,
    secrets: { [account.appId]: account.appSecret, ...Object.fromEntries(otherSecrets) },
    merchant,
    certificates: await makeCertificates(merchant.mchId),
  };
}

/** What a restart needs beside the journal of the books. */
export function stateOf({ identities, starts, clock, followers }: World): SavedState {
  const { offsetMs: clockOffsetMs } = clock;
  return { version: 1, starts, savedAtMs: clock.nowMs(), clockOffsetMs, identities, followers: followers.save() };
}

function startOffsetMs(startAtMs: number | undefined): number {
  return startAtMs === undefined ? 0 : startAtMs - Date.now();
}
