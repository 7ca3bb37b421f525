/** What WeChat's script offers, as far as our pages need it. */
export interface WechatScript {
  config(settings: Readonly<Record<string, unknown>>): void;
  ready(work: () => void): void;
  error(work: () => void): void;
  updateAppMessageShareData(card: Readonly<Record<'title' | 'desc' | 'link' | 'imgUrl', string>>): void;
  updateTimelineShareData(card: Readonly<Record<'title' | 'link' | 'imgUrl', string>>): void;
}

const SCRIPT_TIMEOUT_MS = 10_000;

/**
 * Loads WeChat's script and asks it for these interfaces, under a signature of this very address
 * (https://developers.weixin.qq.com/doc/service/guide/h5/jssdk.html). Undefined where one of both cannot be had.
 */
export async function configureWechat(page: {
  readonly script: string;
  readonly account: string;
  readonly interfaces: readonly string[];
}): Promise<WechatScript | undefined> {
  const url = location.href.split('#')[0] ?? '';
  const [wechat, settings] = await Promise.all([loadScript(page.script), readSettings(page.account, url)]);
  if (wechat === undefined || settings === undefined) return undefined;
  wechat.config({ ...settings, debug: false, jsApiList: page.interfaces });
  return wechat;
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
