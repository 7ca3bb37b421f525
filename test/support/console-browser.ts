import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Role } from '../../src/flows/ports/operators.ts';
import { consolePages } from '../../src/http/routes/console-pages.ts';
import { buildWeb } from '../../src/web/build.ts';
import { accessibilityViolations, DESK, startBrowser, takeScreenshot, watchFaults } from './browser.ts';
import { buildAccount } from './builders.ts';
import { startConsole } from './console.ts';
import type { TestConsole } from './console.ts';

const FOLDER = fileURLToPath(new URL('../../dist/web/console', import.meta.url));
const PATIENCE_MS = 60_000;

/** One operator's browser with the console open. */
export interface OpenConsole {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the page must never do, as it happens. */
  readonly faults: readonly string[];
}

/** How someone looks at the console. Without `motion` they asked their system for less of it. */
interface BrowserWish {
  readonly size?: typeof DESK;
  readonly language?: 'zh' | 'en';
  readonly motion?: boolean;
}

/** The console as built, served over a database of its own, and a real Chromium to look at it with. */
export interface ConsoleInBrowser {
  readonly server: TestConsole;
  /** A browser nobody has signed in with. */
  fresh(options?: BrowserWish): Promise<OpenConsole>;
  /** A browser signed in through a one-time link. */
  signedIn(options?: BrowserWish & { role?: Role; name?: string }): Promise<OpenConsole>;
  close(): Promise<void>;
}

/** Builds the console where its sources changed, and starts everything. Without `wechatUrl` WeChat cannot be reached. */
export async function startConsoleInBrowser(options: { readonly wechatUrl?: string } = {}): Promise<ConsoleInBrowser> {
  await buildWeb({ names: ['console'] });
  const server = await startConsole([consolePages({ folder: FOLDER })], options);
  await buildAccount(server.database.client);
  const browser = await startBrowser();
  const fresh: ConsoleInBrowser['fresh'] = (wanted = {}) => openPage(browser, wanted);
  return {
    server,
    fresh,
    signedIn: async (wanted = {}) => {
      const opened = await fresh(wanted);
      const token = await server.link(wanted.name ?? wanted.role ?? 'anna', wanted.role);
      await opened.page.goto(`${server.url}/console/login?token=${token}`);
      await opened.page.waitForURL(`${server.url}/console/`);
      return opened;
    },
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}

async function openPage(browser: Browser, options: BrowserWish): Promise<OpenConsole> {
  // Far from Beijing, so that a time shown in the browser's own zone is noticed.
  const context = await browser.newContext({
    viewport: options.size ?? DESK,
    locale: 'zh-CN',
    timezoneId: 'America/New_York',
    // A dialog that still grows moves away between the press and the release of a button: the click falls beside it.
    reducedMotion: options.motion === true ? 'no-preference' : 'reduce',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  if (options.language === 'en') {
    await context.addInitScript({ content: "localStorage.setItem('console-language', 'en')" });
  }
  const page = await context.newPage();
  return { context, page, faults: watchFaults(page) };
}

/** Looks at a page as a person does, and as axe does. */
export async function look(page: Page, name: string, fullPage = true): Promise<void> {
  await page.evaluate('document.fonts.ready');
  // Half-way colours are nobody's contrast.
  await page.evaluate(`Promise.allSettled(document.getAnimations()
    .filter((animation) => animation.effect.getComputedTiming().endTime !== Infinity).map((animation) => animation.finished))`);
  await takeScreenshot(page, name, { fullPage });
  assert.deepEqual(await accessibilityViolations(page), [], name);
}

/** Waits for what `waiting` waits for; where that fails, the error says what the page showed instead. */
export async function orTellWhatIsShown<T>(page: Page, waiting: Promise<T>): Promise<T> {
  try {
    return await waiting;
  } catch (fault) {
    throw new Error(`${page.url()} shows: ${await page.locator('body').innerText()}`, { cause: fault });
  }
}
