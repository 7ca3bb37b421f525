import { shortOpenid } from '../../base/logger.ts';

const TEXT_MAX = 300;
const LIST_MAX = 30;
const DEPTH_MAX = 12;
const MASK = '•••';

/** What a field is called that holds a secret; `code` and `codes` are one-time codes, worth money. */
const SECRET = /(secret|password|passwd|token|api_?key|aes_?key|private_?key|pem|p12|webhook)$|^(code|codes|key)$/i;
/** What WeChat's openids look like: https://developers.weixin.qq.com/doc/offiaccount/User_Management/Get_users_basic_information_UnionID.html */
const OPENID = /(?<![A-Za-z0-9_-])o[A-Za-z0-9_-]{27}(?![A-Za-z0-9_-])/g;

/** Returns JSON that may be kept for good: secrets masked, openids shortened, long texts and lists cut. */
export function auditable(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return shortText(value);
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (depth === DEPTH_MAX) return '…';
  if (Array.isArray(value)) {
    const shown = value.slice(0, LIST_MAX).map((item) => auditable(item, depth + 1));
    return value.length > LIST_MAX ? [...shown, `… ${value.length - LIST_MAX} more`] : shown;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.slice(0, TEXT_MAX),
      SECRET.test(name) && inner !== null && typeof inner !== 'boolean' ? MASK : auditable(inner, depth + 1),
    ]),
  );
}

/** Returns a text with openids shortened, cut to 300 characters. */
export function shortText(text: string): string {
  const shown = text.replaceAll(OPENID, shortOpenid);
  return shown.length > TEXT_MAX ? `${shown.slice(0, TEXT_MAX)}…` : shown;
}

/** Returns what differs between two JSON values, by path: only these fields, as they were and as they are. */
export function changedParts(
  before: unknown,
  after: unknown,
): { readonly before: Record<string, unknown>; readonly after: Record<string, unknown> } {
  const changes = { before: {} as Record<string, unknown>, after: {} as Record<string, unknown> };
  compare({ path: '', before, after, changes });
  return changes;
}

function compare(given: {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly changes: ReturnType<typeof changedParts>;
}): void {
  const { path, before, after, changes } = given;
  if (isPlain(before) && isPlain(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare({ path: path === '' ? name : `${path}.${name}`, before: before[name], after: after[name], changes });
    }
    return;
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  changes.before[path] = before ?? null;
  changes.after[path] = after ?? null;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
