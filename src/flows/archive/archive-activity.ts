import { beijingTime } from '../../base/beijing-day.ts';
import { openid } from '../../base/ids.ts';
import type { SealedRecord } from '../../base/sealed-lines.ts';
import { activityRuleSchema } from '../../rules/activity-rule.ts';
import { ANNOUNCE_ABOVE_FEN } from '../../rules/law.ts';
import type { ArchivedActivity, ArchiveReads, ArchiveRow } from '../ports/archives.ts';
import type { Pseudonyms } from '../ports/pseudonyms.ts';

/**
 * Every record of an activity that the law wants kept for two years (《规范促销行为暂行规定》): what was published, who won what
 * and what was paid. People stand under the pseudonyms that an erasure gives them, so the file needs no change when somebody is
 * erased afterwards. `nowMs`: Unix ms.
 */
export async function* archiveActivity(
  { reads, pseudonyms, nowMs }: ArchiveParts,
  activity: ArchivedActivity,
): AsyncGenerator<SealedRecord, void, undefined> {
  const { accountId, id, slug, name, state } = activity;
  yield { kind: 'activity', id, account: accountId, slug, name, state, madeAt: beijingTime(nowMs), format: 1 };
  const hide = hiding(pseudonyms, activity);
  for await (const { kind, rows } of reads.rows(activity)) {
    for (const row of rows) {
      const hidden = hide(row);
      yield { kind, ...hidden };
      if (kind === 'version') yield publication(hidden);
      if (kind === 'award' && Number(hidden['amountFen']) > ANNOUNCE_ABOVE_FEN) yield announcement(hidden);
    }
  }
}

export interface ArchiveParts {
  readonly reads: Pick<ArchiveReads, 'rows'>;
  readonly pseudonyms: Pseudonyms;
  readonly nowMs: number;
}

/** Puts pseudonyms in the place of openids. Whoever was erased has one already. */
function hiding(pseudonyms: Pseudonyms, { accountId }: ArchivedActivity): (row: ArchiveRow) => ArchiveRow {
  return (row) => {
    const { id, person, request } = row;
    if (person === undefined || person.startsWith('x:')) return row;
    const pseudonym = pseudonyms.of({ account: accountId, openid: openid(person) });
    return {
      ...row,
      id: typeof id === 'string' ? id.replaceAll(person, pseudonym) : id,
      person: pseudonym,
      ...(request === undefined ? {} : { request: request.replaceAll(person, pseudonym) }),
    };
  };
}

/** What the rules page announced from a version on: organiser, time, prizes with quantities and tickets. */
function publication({ id, at, rule }: ArchiveRow): SealedRecord {
  const read = activityRuleSchema.safeParse(rule);
  if (!read.success) return { kind: 'announcement', id, at, of: 'rules', unreadable: true };
  const { prizes, startsAtMs, endsAtMs, look, budgetFen } = read.data;
  const organiser = look.organiser ?? null;
  const announced = prizes.map((prize) => ({ name: prize.name, stock: prize.stock, tickets: prize.tickets }));
  return { kind: 'announcement', id, at, of: 'rules', organiser, startsAtMs, endsAtMs, budgetFen, prizes: announced };
}

/** Winners of more than 500 yuan are shown on the activity's page as they win. */
function announcement({ id, at, person, prize, amountFen }: ArchiveRow): SealedRecord {
  return { kind: 'announcement', id, at, of: 'winner', person, prize, amountFen };
}
