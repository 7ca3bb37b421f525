import { EntitySchema } from 'typeorm';
import { check, key, NULLABLE, text, time } from './columns.ts';

export interface FairnessRow {
  readonly accountId: string;
  readonly activityId: string;
  readonly commitment: string;
  readonly sealedSeed: string;
  readonly createdAt: Date;
  readonly revealedAt: Date | null;
}

export const fairnessEntity = new EntitySchema<FairnessRow>({
  name: 'fairness',
  columns: {
    accountId: text('account_id', key('fairness_pk')),
    activityId: text('activity_id', key('fairness_pk')),
    commitment: text('commitment'),
    sealedSeed: text('sealed_seed'),
    createdAt: time('created_at'),
    revealedAt: time('revealed_at', NULLABLE),
  },
  foreignKeys: [
    {
      name: 'fairness_activity',
      target: 'activity',
      columnNames: ['accountId', 'activityId'],
      referencedColumnNames: ['accountId', 'id'],
    },
  ],
  checks: [check('fairness_commitment_hashed')],
});
