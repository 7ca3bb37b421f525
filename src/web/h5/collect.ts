import { configureWechat } from './wechat-script.ts';

/** What WeChat's own browser offers (https://pay.weixin.qq.com/doc/v3/merchant/4012716430). */
interface Bridge {
  invoke(name: string, given: object, told: (answer: { readonly err_msg?: string }) => void): void;
}

const CONFIRM = 'requestMerchantTransfer';
// Past this nobody waits any longer: the button says where the page has to be opened.
const BRIDGE_WITHIN_MS = 3000;
/** WeChat says "ok" before the money is there: the page asks the service how it ended, a little later. */
const LOOK_AGAIN_MS = 3000;

/**
 * Makes the buttons of transfers hand them to WeChat, where the person confirms. WeChat's script is configured ahead of
 * the first tap, so that the tap itself waits for nothing.
 */
export function collectAwards(list: HTMLElement): void {
  const { shareScript: script, account = '' } = list.dataset;
  const configured = script === undefined ? Promise.resolve() : isConfigured(script, account);
  for (const button of list.querySelectorAll<HTMLButtonElement>('button.collect'))
    button.addEventListener('click', () => void collect(button, configured));
}

/** Resolves also where it failed: some versions of WeChat confirm without it, and the others say so. */
async function isConfigured(script: string, account: string): Promise<void> {
  const wechat = await configureWechat({ script, account, interfaces: [CONFIRM] });
  if (wechat === undefined) return;
  await new Promise<void>((resolve) => {
    wechat.ready(resolve);
    wechat.error(resolve);
  });
}

async function collect(button: HTMLButtonElement, configured: Promise<void>): Promise<void> {
  button.disabled = true;
  await Promise.race([configured, new Promise((resolve) => setTimeout(resolve, BRIDGE_WITHIN_MS))]);
  const bridge = await findBridge();
  const { mch: mchId, app: appId, package: packageInfo, outside = '' } = button.dataset;
  if (bridge === undefined) return void (button.textContent = outside);
  bridge.invoke(CONFIRM, { mchId, appId, package: packageInfo }, ({ err_msg: said = '' }) => {
    if (said.endsWith(':ok')) return void setTimeout(() => location.reload(), LOOK_AGAIN_MS);
    button.disabled = false;
    // Anything but the person's own word is a WeChat that is too old, or no phone.
    if (!said.endsWith(':cancel')) button.textContent = outside;
  });
}

/** The bridge may come a moment after the page. */
function findBridge(): Promise<Bridge | undefined> {
  const bridge = (): Bridge | undefined => (globalThis as { WeixinJSBridge?: Bridge }).WeixinJSBridge;
  return new Promise((resolve) => {
    if (bridge() !== undefined) return resolve(bridge());
    const timer = setTimeout(() => resolve(undefined), BRIDGE_WITHIN_MS);
    const come = () => {
      clearTimeout(timer);
      resolve(bridge());
    };
    document.addEventListener('WeixinJSBridgeReady', come, { once: true });
  });
}
