import type { PageLook } from '../../http/contract/activity-page.ts';

/** What WeChat's script offers, as far as a card needs it. */
interface WechatScript {
  config(settings: Readonly<Record<string, unknown>>): void;
  ready(work: () => void): void;
  updateAppMessageShareData(card: ShareCard): void;
  updateTimelineShareData(card: Omit<ShareCard, 'desc'>): void;
}

/** What a shared page looks like in a chat. Both addresses are whole ones. */
interface ShareCard {
  readonly title: string;
  readonly desc: string;
  readonly link: string;
  readonly imgUrl: string;
}

const INTERFACES = ['updateAppMessageShareData', 'updateTimelineShareData'];
const SCRIPT_TIMEOUT_MS = 10_000;
// Drawn from packet.svg: WeChat shows no SVG.
const PACKET = new URL('./share.png', import.meta.url).href;

/**
 * Gives the page a card with title, text and picture for whoever passes it on
 * (https://developers.weixin.qq.com/doc/service/guide/h5/jssdk.html). `path`: where the card leads on this service.
 * Anything that fails leaves WeChat's own bare link, and the page as it is.
 */
export async function offerShareCard(page: {
  readonly script: string;
  readonly account: string;
  readonly look: PageLook;
  readonly path: string;
}): Promise<void> {
  const url = location.href.split('#')[0] ?? '';
  const [wechat, settings] = await Promise.all([loadScript(page.script), readSettings(page.account, url)]);
  if (wechat === undefined || settings === undefined) return;
  const { look } = page;
  const link = new URL(page.path, location.origin).href;
  const imgUrl = new URL(look.picture ?? look.logo ?? PACKET, location.origin).href;
  wechat.config({ ...settings, debug: false, jsApiList: INTERFACES });
  wechat.ready(() => {
    wechat.updateAppMessageShareData({ title: look.shareTitle, desc: look.shareText, link, imgUrl });
    wechat.updateTimelineShareData({ title: look.shareTitle, link, imgUrl });
  });
}

async function readSettings(account: string, url: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const response = await fetch(`/api/js-sdk/${account}?url=${encodeURIComponent(url)}`, {
      credentials: 'same-origin',
    });
    return response.ok ? ((await response.json()) as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

function loadScript(source: string): Promise<WechatScript | undefined> {
  return new Promise((resolve) => {
    const element = document.createElement('script');
    const done = () => {
      clearTimeout(timer);
      resolve((globalThis as { wx?: WechatScript }).wx);
    };
    const timer = setTimeout(done, SCRIPT_TIMEOUT_MS);
    element.src = source;
    element.async = true;
    element.onload = done;
    element.onerror = done;
    document.head.append(element);
  });
}
