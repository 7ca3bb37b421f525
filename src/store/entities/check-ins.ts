import { EntitySchema } from 'typeorm';
import { day, flag, key, text, time } from './columns.ts';

export interface CheckInRow {
  readonly accountId: string;
  readonly activityId: string;
  readonly openid: string;
  readonly day: string;
  readonly madeUp: boolean;
  readonly createdAt: Date;
}

export const checkInEntity = new EntitySchema<CheckInRow>({
  name: 'check_in',
  columns: {
    accountId: text('account_id', key('check_in_pk')),
    activityId: text('activity_id', key('check_in_pk')),
    openid: text('openid', key('check_in_pk')),
    day: day('day', key('check_in_pk')),
    madeUp: flag('made_up'),
    createdAt: time('created_at'),
  },
});
