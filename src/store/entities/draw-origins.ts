import { EntitySchema } from 'typeorm';
import { check, integer, key, text, time } from './columns.ts';

export interface DrawOriginRow {
  readonly accountId: string;
  readonly activityId: string;
  readonly kind: 'ip' | 'device';
  readonly origin: string;
  readonly drawnAt: Date;
  readonly draws: number;
}

export const drawOriginEntity = new EntitySchema<DrawOriginRow>({
  name: 'draw_origin',
  columns: {
    accountId: text('account_id', key('draw_origin_pk')),
    activityId: text('activity_id', key('draw_origin_pk')),
    kind: text('kind', key('draw_origin_pk')),
    origin: text('origin', key('draw_origin_pk')),
    drawnAt: time('drawn_at', key('draw_origin_pk')),
    draws: integer('draws'),
  },
  checks: [check('draw_origin_kind_known'), check('draw_origin_hashed')],
  indices: [{ name: 'draw_origin_by_time', columns: ['accountId', 'drawnAt'] }],
  foreignKeys: [
    { name: 'draw_origin_account', target: 'account', columnNames: ['accountId'], referencedColumnNames: ['id'] },
  ],
});
