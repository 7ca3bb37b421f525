// China has kept UTC+8 without summer time since 1991, so a fixed offset is exact.
const BEIJING_MS = 8 * 3_600_000;

/** Shows Unix ms as Beijing wall-clock time: "2026-11-21 20:05:09". */
export function showTime(atMs: number): string {
  return new Date(atMs + BEIJING_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** Shows Unix ms as Beijing time to the minute: "2026-11-21 20:05". */
export function showMinute(atMs: number): string {
  return showTime(atMs).slice(0, 16);
}

/** Writes Unix ms for an input of type datetime-local, in Beijing time; empty for none. */
export function writeLocalTime(atMs: number | null): string {
  return atMs === null ? '' : showTime(atMs).slice(0, 16).replace(' ', 'T');
}

/** Reads an input of type datetime-local as Beijing time. Null for none. */
export function readLocalTime(text: string): number | null {
  const atMs = Date.parse(`${text}Z`);
  return Number.isNaN(atMs) ? null : atMs - BEIJING_MS;
}

/** Shows a whole number with thousands apart: "1,234,567". */
export function showCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');
}

/** Shows a share as percent, with more digits the smaller it is: 0.3 -> "30%", 0.00012 -> "0.012%". */
export function showShare(share: number): string {
  const percent = share * 100;
  if (percent === 0) return '0%';
  const digits = percent >= 1 ? 2 : Math.min(8, 2 - Math.floor(Math.log10(percent)));
  return `${Number(percent.toFixed(digits))}%`;
}

/** Shortens an openid for a table; the first characters are the account's, so the last ones tell people apart. */
export function showOpenid(openid: string): string {
  if (openid === '') return '—';
  return openid.length <= 12 ? openid : `${openid.slice(0, 4)}…${openid.slice(-6)}`;
}

/** How many bytes of UTF-8 a text takes, which is what WeChat counts. */
export function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
