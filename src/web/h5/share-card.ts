import type { PageLook } from '../../http/contract/activity-page.ts';
import { configureWechat } from './wechat-script.ts';

const INTERFACES = ['updateAppMessageShareData', 'updateTimelineShareData'];
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
  const wechat = await configureWechat({ ...page, interfaces: INTERFACES });
  if (wechat === undefined) return;
  const { look } = page;
  const link = new URL(page.path, location.origin).href;
  const imgUrl = new URL(look.picture ?? look.logo ?? PACKET, location.origin).href;
  wechat.ready(() => {
    wechat.updateAppMessageShareData({ title: look.shareTitle, desc: look.shareText, link, imgUrl });
    wechat.updateTimelineShareData({ title: look.shareTitle, link, imgUrl });
  });
}
