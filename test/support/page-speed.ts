import type { Browser, CDPSession, Page } from 'playwright-core';
import { wechatPhone } from './browser.ts';

/** What one opening of an activity page took on a slow phone in a weak net. */
export interface PageSpeed {
  /** From the tap on a link until something is painted. */
  readonly firstPaintMs: number;
  /** Until the play can be tapped. */
  readonly usableMs: number;
  /** That came over the line until then, headers included. */
  readonly bytes: number;
}

/** A crowded carrier's net, and a phone four times slower than this machine. */
export const SLOW_PHONE = { kilobitsPerSecond: 400, latencyMs: 400, cpuSlowdown: 4 };

/** What is promised of every play, on a machine that does nothing else. */
export const SPEED_TARGET = {
  firstPaintMs: 1200,
  usableMs: 1500,
  bytes: 40_960,
  meets: (speed: PageSpeed): boolean => speed.firstPaintMs <= 1200 && speed.usableMs <= 1500 && speed.bytes <= 40_960,
};

const NOTE_WHEN_USABLE = `
  const seen = new MutationObserver(() => {
    if (document.querySelector('.play-action') === null) return;
    globalThis.usableAtMs = performance.now();
    seen.disconnect();
  });
  seen.observe(document, { childList: true, subtree: true });`;
const USABLE_TIMEOUT_MS = 20_000;

/**
 * Opens the page of an activity as somebody who is authorized already and has nothing of it in the browser's cache, once
 * for each of `times`, and returns what each took.
 */
export async function measurePage(browser: Browser, address: string, times: number): Promise<readonly PageSpeed[]> {
  const phone = await wechatPhone(browser);
  try {
    const first = await phone.newPage();
    await first.goto(address);
    await first.locator('.play-action').waitFor();
    await first.close();
    const speeds: PageSpeed[] = [];
    for (let turn = 0; turn < times; turn += 1) {
      const page = await phone.newPage();
      speeds.push(await openSlowly(page, await phone.newCDPSession(page), address));
      await page.close();
    }
    return speeds;
  } finally {
    await phone.close();
  }
}

async function openSlowly(page: Page, debug: CDPSession, address: string): Promise<PageSpeed> {
  let bytes = 0;
  debug.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await debug.send('Network.enable');
  await debug.send('Network.clearBrowserCache');
  const perSecond = (SLOW_PHONE.kilobitsPerSecond * 1000) / 8;
  await debug.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: SLOW_PHONE.latencyMs,
    downloadThroughput: perSecond,
    uploadThroughput: perSecond,
  });
  await debug.send('Emulation.setCPUThrottlingRate', { rate: SLOW_PHONE.cpuSlowdown });
  await page.addInitScript({ content: NOTE_WHEN_USABLE });
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForFunction(() => 'usableAtMs' in globalThis, null, { timeout: USABLE_TIMEOUT_MS });
  const bytesThen = bytes;
  const painted = (): boolean => performance.getEntriesByName('first-contentful-paint').length > 0;
  await page.waitForFunction(painted, null, { timeout: USABLE_TIMEOUT_MS });
  const times = await page.evaluate(() => ({
    firstPaintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    usableMs: (globalThis as { usableAtMs?: number }).usableAtMs ?? Number.NaN,
  }));
  return { ...times, bytes: bytesThen };
}

/** Returns the middle one of some openings, by when each was usable. */
export function middleOf(speeds: readonly PageSpeed[]): PageSpeed {
  const sorted = speeds.toSorted((one, other) => one.usableMs - other.usableMs);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}
