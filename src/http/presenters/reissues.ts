import type { z } from 'zod';
import { may } from '../../flows/permissions.ts';
import type { Operator } from '../../flows/ports/operators.ts';
import type { Reissue, ReissueItem } from '../../flows/ports/reissues.ts';
import type { reissueAnswer, reissueLine } from '../contract/console-reissues.ts';

const ITEMS_MAX = 200;

/** Names operators by their ids; one who is gone keeps the id. */
export type Names = ReadonlyMap<string, string>;

/** Presents a re-issue with what the one who looks may do about it. */
export function shownReissue(reissue: Reissue, operator: Operator, names: Names): z.input<typeof reissueLine> {
  const person = (id: string) => ({ id, name: names.get(id) ?? id });
  return {
    ...reissue,
    requestedBy: person(reissue.requestedBy),
    decidedBy: reissue.decidedBy === null ? null : person(reissue.decidedBy),
    actions: [...actionsFor(reissue, operator)],
  };
}

/** Presents a re-issue with its numbers, those that were left out first. */
export function shownReissueItems(
  reissue: Reissue & { readonly items: readonly ReissueItem[] },
  operator: Operator,
  names: Names,
): z.input<typeof reissueAnswer> {
  const leftOut = reissue.items.filter((item) => item.outcome !== null && item.newOrderNumber === null);
  const others = reissue.items.filter((item) => item.outcome === null || item.newOrderNumber !== null);
  const issued = reissue.items.filter((item) => item.newOrderNumber !== null).length;
  const unfinished = reissue.state === 'approved' ? reissue.items.length - issued - leftOut.length : 0;
  const shown = shownReissue(reissue, operator, names);
  return {
    reissue: unfinished > 0 && mayDecide(reissue, operator) ? { ...shown, actions: ['approve'] } : shown,
    issued,
    leftOut: leftOut.length,
    unfinished,
    items: [...leftOut, ...others].slice(0, ITEMS_MAX),
  };
}

function actionsFor(reissue: Reissue, operator: Operator): readonly ('approve' | 'refuse' | 'withdraw')[] {
  if (reissue.state !== 'requested') return [];
  if (mayDecide(reissue, operator)) return ['approve', 'refuse'];
  return reissue.requestedBy === operator.id && mayOperate(operator) ? ['withdraw'] : [];
}

/** Two people for every new number. */
function mayDecide(reissue: Reissue, operator: Operator): boolean {
  return reissue.requestedBy !== operator.id && mayOperate(operator);
}

function mayOperate(operator: Operator): boolean {
  return may(operator, 'payments.operate');
}
