import { may } from '../../flows/permissions.ts';
import type { Operator } from '../../flows/ports/operators.ts';

/** Shows a person's openid to those whose role includes people.view, and to others only its ends. */
export function openidFor(operator: Operator, openid: string): string {
  return openid === '' || may(operator, 'people.view') ? openid : shortened(openid);
}

/** Shortens one person's openid within any text likewise. */
export function openidWithin(operator: Operator, text: string, openid: string): string {
  return openid === '' ? text : text.replaceAll(openid, openidFor(operator, openid));
}

/** Shortens whatever looks like an openid (28 characters from `o` on) within a text about anyone. */
export function openidsWithin(operator: Operator, text: string): string {
  return text.replaceAll(/(?<![\w-])o[\w-]{27}(?![\w-])/g, (openid) => openidFor(operator, openid));
}

function shortened(openid: string): string {
  return openid.length <= 10 ? '…' : `${openid.slice(0, 4)}…${openid.slice(-4)}`;
}
