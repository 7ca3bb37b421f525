import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

// The shell draws what Chromium draws, without the windows that nobody sees: half the processor for the same test.
const CHROMIUM = '/usr/bin/chromium-headless-shell';
// Chromium's own errands (updates, sync, experiments) have no business in a test on loopback.
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/** What WeChat's own browser says it is, on an iPhone. */
export const WECHAT_USER_AGENT =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x1800323d) NetType/WIFI Language/zh_CN';

/** The two sizes every page is looked at in. */
export const PHONE = { width: 390, height: 844 };
export const DESK = { width: 1280, height: 800 };

/** Starts Debian's Chromium without a window. Throws with one clear sentence when it is not installed. Close it after the tests. */
export async function startBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM))
    throw new Error(`${CHROMIUM} is missing: install Debian's package chromium-headless-shell`);
  return chromium.launch({ executablePath: CHROMIUM, args: QUIET });
}

/** Whether pictures are taken: for people who want to look at them; they take long. */
const PICTURES = process.env['SCREENSHOTS'] !== undefined;

/** Opens a phone with WeChat's user agent: a fresh person with no cookies. */
export function wechatPhone(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return browser.newContext({
    viewport: PHONE,
    // Twice as sharp is four times as much to draw.
    deviceScaleFactor: PICTURES ? 2 : 1,
    hasTouch: true,
    locale: 'zh-CN',
    userAgent: WECHAT_USER_AGENT,
    ...options,
  });
}

/** Collects what a page must never do: script errors, errors on its console, broken content security rules. */
export function watchFaults(page: Page): readonly string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  return faults;
}

/** Takes a picture for a person to look at, kept in test/screenshots/, where SCREENSHOTS is set. */
export async function takeScreenshot(
  page: Page,
  name: string,
  options: { readonly fullPage?: boolean } = {},
): Promise<void> {
  if (!PICTURES) return;
  const folder = fileURLToPath(new URL('../screenshots/', import.meta.url));
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: options.fullPage ?? false });
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Returns what axe-core finds against WCAG 2.2 AA, one line a violation; an empty list is a pass. */
export async function accessibilityViolations(page: Page): Promise<readonly string[]> {
  // By the debugger, not by a script element: the pages' content security rules refuse those.
  await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(
          options: unknown,
        ): Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }>;
      };
    };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const { violations } = await axe.run({ runOnly: { type: 'tag', values: tags } });
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}\n  ${node.failureSummary}`));
  });
}
