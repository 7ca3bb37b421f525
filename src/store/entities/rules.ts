import { EntitySchema } from 'typeorm';
import { key, NULLABLE, text, time } from './columns.ts';

export interface PersonListRow {
  readonly accountId: string;
  readonly list: string;
  readonly openid: string;
  readonly addedBy: string;
  readonly addedAt: Date;
}

export const personListEntity = new EntitySchema<PersonListRow>({
  name: 'person_list',
  columns: {
    accountId: text('account_id', key('person_list_pk')),
    list: text('list', key('person_list_pk')),
    openid: text('openid', key('person_list_pk')),
    addedBy: text('added_by'),
    addedAt: time('added_at'),
  },
  indices: [{ name: 'person_list_by_person', columns: ['accountId', 'openid'] }],
  foreignKeys: [
    { name: 'person_list_account', target: 'account', columnNames: ['accountId'], referencedColumnNames: ['id'] },
  ],
});

export interface FollowerRefreshRow {
  readonly accountId: string;
  readonly holder: string | null;
  readonly beganAt: Date;
  readonly dueAt: Date;
  readonly finishedAt: Date | null;
  readonly reason: string | null;
}

export const followerRefreshEntity = new EntitySchema<FollowerRefreshRow>({
  name: 'follower_refresh',
  columns: {
    accountId: text('account_id', key('follower_refresh_pk')),
    holder: text('holder', NULLABLE),
    beganAt: time('began_at'),
    dueAt: time('due_at'),
    finishedAt: time('finished_at', NULLABLE),
    reason: text('reason', NULLABLE),
  },
  foreignKeys: [
    { name: 'follower_refresh_account', target: 'account', columnNames: ['accountId'], referencedColumnNames: ['id'] },
  ],
});
