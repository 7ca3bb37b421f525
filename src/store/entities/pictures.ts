import { EntitySchema } from 'typeorm';
import { check, integer, key, text, time } from './columns.ts';

export interface PictureRow {
  readonly accountId: string;
  readonly hash: string;
  readonly kind: string;
  readonly width: number;
  readonly height: number;
  readonly content: Buffer;
  readonly createdBy: string;
  readonly createdAt: Date;
}

export const pictureEntity = new EntitySchema<PictureRow>({
  name: 'picture',
  columns: {
    accountId: text('account_id', key('picture_pk')),
    hash: text('hash', key('picture_pk')),
    kind: text('kind'),
    width: integer('width'),
    height: integer('height'),
    content: { type: 'bytea', name: 'content' },
    createdBy: text('created_by'),
    createdAt: time('created_at'),
  },
  foreignKeys: [
    { name: 'picture_account', target: 'account', columnNames: ['accountId'], referencedColumnNames: ['id'] },
  ],
  checks: [check('picture_kind_known'), check('picture_hashed'), check('picture_small')],
});
