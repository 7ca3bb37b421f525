import { EntitySchema } from 'typeorm';
import { json, key, text, time } from './columns.ts';

export interface ActivityForecastRow {
  readonly accountId: string;
  readonly activityId: string;
  readonly madeAt: Date;
  readonly madeBy: string;
  readonly expected: unknown;
  readonly forecast: unknown;
}

export const activityForecastEntity = new EntitySchema<ActivityForecastRow>({
  name: 'activity_forecast',
  columns: {
    accountId: text('account_id', key('activity_forecast_pk')),
    activityId: text('activity_id', key('activity_forecast_pk')),
    madeAt: time('made_at'),
    madeBy: text('made_by'),
    expected: json('expected'),
    forecast: json('forecast'),
  },
  foreignKeys: [
    {
      name: 'activity_forecast_activity',
      target: 'activity',
      columnNames: ['accountId', 'activityId'],
      referencedColumnNames: ['accountId', 'id'],
    },
  ],
});
