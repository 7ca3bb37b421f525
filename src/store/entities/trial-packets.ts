import { EntitySchema } from 'typeorm';
import { key, ownIndex, text, time } from './columns.ts';

export interface TrialPacketRow {
  readonly accountId: string;
  readonly activityId: string;
  readonly batchId: string;
  readonly askedAt: Date;
}

export const trialPacketEntity = new EntitySchema<TrialPacketRow>({
  name: 'trial_packet',
  columns: {
    accountId: text('account_id', key('trial_packet_pk')),
    activityId: text('activity_id', key('trial_packet_pk')),
    batchId: text('batch_id'),
    askedAt: time('asked_at'),
  },
  indices: [ownIndex('trial_packet_by_time', ['accountId', 'askedAt', 'batchId'])],
  uniques: [{ name: 'trial_packet_batch_once', columns: ['accountId', 'batchId'] }],
  foreignKeys: [
    {
      name: 'trial_packet_batch',
      target: 'issue_batch',
      columnNames: ['accountId', 'batchId'],
      referencedColumnNames: ['accountId', 'id'],
      onDelete: 'CASCADE',
    },
  ],
});
