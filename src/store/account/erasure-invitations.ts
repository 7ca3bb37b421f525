import type pg from 'pg';
import type { StepEnd } from './erasure-money.ts';

// Whoever was invited stays so, and what counts for somebody else still does; what only they could meet is over.
const MOVE_INVITED = `
with gone as (delete from invitation where account_id = $1 and invitee_openid = $2 returning *)
insert into invitation (account_id, activity_id, invitee_openid, inviter_openid, id, counts, state, opened_at, accepted_at, due_at, tries, reason)
select account_id, activity_id, $3, inviter_openid, id, counts,
  case when state in ('opened', 'unproven', 'met') then 'void' else state end, opened_at, accepted_at,
  case when state = 'accepted' then due_at end, tries, reason from gone on conflict do nothing`;
// Nobody is left to draw for.
const MOVE_INVITING = `update invitation set inviter_openid = $3, due_at = null,
    state = case when state in ('drawn', 'over') then state else 'void' end
  where account_id = $1 and inviter_openid = $2`;
const MOVE_LINES = `update draw_batch_line set openid = $3,
    fault = case when fault is null and outcome is null then 'erased' else fault end
  where account_id = $1 and openid = $2`;

// Lines that have their award were told by it; whoever has none yet gets none.
const MOVE_ISSUE_LINES = `update issue_line as item set openid = $3, note = '', text = null,
    fault = case when fault is null and line > batch.issued_through then 'erased' else fault end
  from issue_batch as batch where batch.account_id = item.account_id and batch.id = item.batch_id
    and item.account_id = $1 and item.openid = $2`;

/** Puts a person's places in invitations and in operators' batches under the pseudonym. */
export async function renameInvitations(client: pg.PoolClient, names: readonly string[]): Promise<StepEnd> {
  let moved = 0;
  for (const statement of [MOVE_INVITED, MOVE_INVITING, MOVE_LINES, MOVE_ISSUE_LINES]) {
    moved += (await client.query(statement, [...names])).rowCount ?? 0;
  }
  return moved === 0 ? 'nothing' : 'done';
}
