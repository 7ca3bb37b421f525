import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An activity may pause: its counters say so, whose lock every draw takes, and it is still listed among the live ones. */
export class ActivityLife1795255320000 implements MigrationInterface {
  readonly name = 'ActivityLife1795255320000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table activity drop constraint activity_state_known;
      alter table activity add constraint activity_state_known check (state in ('draft', 'published', 'paused', 'stopped'));
      drop index activity_live;
      create index activity_live on activity (account_id, published_at desc, id) where state in ('published', 'paused');
      alter table activity_counter add column paused boolean not null default false,
        add constraint activity_open_or_paused check (not (open and paused));
    `);
  }

  /** What is paused then stays closed: nothing may begin to draw because a release was taken back. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table activity_counter drop constraint activity_open_or_paused, drop column paused;
      update activity set state = 'stopped' where state = 'paused';
      drop index activity_live;
      create index activity_live on activity (account_id, published_at desc, id) where state = 'published';
      alter table activity drop constraint activity_state_known;
      alter table activity add constraint activity_state_known check (state in ('draft', 'published', 'stopped'));
    `);
  }
}
