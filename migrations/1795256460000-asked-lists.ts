import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lists of people that can win much wait for a second person. */
export class AskedLists1795256460000 implements MigrationInterface {
  readonly name = 'AskedLists1795256460000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(ASKED);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update draw_batch set state = case state when 'asked' then 'prepared' else 'cancelled' end where state in ('asked', 'refused');
      alter table draw_batch drop column asked_by, drop column asked_at, drop column asked_fen, drop column refused_by,
        drop constraint draw_batch_state_known,
        add constraint draw_batch_state_known check (state in ('prepared', 'running', 'paused', 'finished', 'cancelled'));`);
  }
}

// asked_fen: the most that its people can win. The second person's answer is confirmed_by or refused_by.
const ASKED = `
alter table draw_batch add column asked_by text, add column asked_at timestamptz, add column asked_fen bigint,
  add column refused_by text,
  drop constraint draw_batch_state_known,
  add constraint draw_batch_state_known check (state in ('prepared', 'asked', 'running', 'paused', 'finished', 'cancelled',
    'refused')),
  add constraint draw_batch_asked_whole check ((asked_by is null) = (asked_at is null) and (asked_by is null) = (asked_fen is null)),
  add constraint draw_batch_not_own check (asked_by is null or confirmed_by is null or
    (confirmed_by <> asked_by and confirmed_by <> prepared_by));
create index draw_batch_asked on draw_batch (asked_at, id) where state = 'asked';`;
