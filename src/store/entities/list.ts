import type { EntitySchema } from 'typeorm';
import {
  activityCounterEntity,
  activityDayEntity,
  activityEntity,
  participantEntity,
  prizeCounterEntity,
  ruleVersionEntity,
} from './activities.ts';
import { apiRequestEntity, apiTokenEntity, webhookDeliveryEntity, webhookEndpointEntity } from './api-access.ts';
import { codeEntity, codePoolEntity, codeUseEntity } from './codes.ts';
import { checkInEntity } from './check-ins.ts';
import { drawOriginEntity } from './draw-origins.ts';
import { fairnessEntity } from './fairness.ts';
import { activityForecastEntity } from './forecasts.ts';
import { pictureEntity } from './pictures.ts';
import { awardEntity, drawEntity } from './draws.ts';
import { drawBatchEntity, drawBatchLineEntity, invitationCodeEntity, invitationEntity } from './invitations.ts';
import { issueBatchEntity, issueLineEntity } from './issues.ts';
import { alarmEntity, merchantPaceEntity, payoutPersonDayEntity } from './merchant-queue.ts';
import {
  activityTallyEntity,
  exportLogEntity,
  merchantBalanceEntity,
  merchantFlowEntity,
  payoutTallyEntity,
} from './numbers.ts';
import {
  accountMenuEntity,
  erasureEntity,
  followerEntity,
  keywordReplyEntity,
  lateReplyEntity,
  payeeLinkEntity,
  sceneCodeEntity,
  sceneVisitEntity,
  verificationFileEntity,
  webProfileEntity,
} from './official-account.ts';
import {
  approvalEntity,
  approvalLimitEntity,
  auditEntryEntity,
  auditHeadEntity,
  auditPendingEntity,
  loginAttemptEntity,
  recoveryCodeEntity,
} from './operator-access.ts';
import { merchantNoticeKeyEntity, paymentEntity } from './payments.ts';
import { bookEntryEntity, payoutAttemptEntity, payoutEntity } from './payouts.ts';
import { loginLinkEntity, oauthLoginEntity, operatorEntity, operatorSessionEntity } from './people.ts';
import { reconciliationEntity, reissueEntity, reissueItemEntity } from './reissues.ts';
import { followerRefreshEntity, personListEntity } from './rules.ts';
import { accountEntity, installationEntity, merchantEntity } from './settings.ts';
import { trialPacketEntity } from './trial-packets.ts';

/** Every entity by name: what is not in this list has no table. */
export const entities: readonly EntitySchema[] = [
  installationEntity,
  merchantEntity,
  accountEntity,
  activityEntity,
  ruleVersionEntity,
  activityCounterEntity,
  prizeCounterEntity,
  activityDayEntity,
  participantEntity,
  drawEntity,
  awardEntity,
  payoutEntity,
  payoutAttemptEntity,
  merchantPaceEntity,
  payoutPersonDayEntity,
  alarmEntity,
  reissueEntity,
  reissueItemEntity,
  reconciliationEntity,
  bookEntryEntity,
  operatorEntity,
  loginLinkEntity,
  operatorSessionEntity,
  recoveryCodeEntity,
  loginAttemptEntity,
  auditEntryEntity,
  auditHeadEntity,
  auditPendingEntity,
  approvalEntity,
  approvalLimitEntity,
  oauthLoginEntity,
  followerEntity,
  webProfileEntity,
  keywordReplyEntity,
  accountMenuEntity,
  sceneCodeEntity,
  sceneVisitEntity,
  verificationFileEntity,
  lateReplyEntity,
  payeeLinkEntity,
  erasureEntity,
  personListEntity,
  followerRefreshEntity,
  merchantNoticeKeyEntity,
  paymentEntity,
  drawOriginEntity,
  checkInEntity,
  pictureEntity,
  codePoolEntity,
  codeEntity,
  codeUseEntity,
  invitationCodeEntity,
  invitationEntity,
  drawBatchEntity,
  drawBatchLineEntity,
  issueBatchEntity,
  issueLineEntity,
  trialPacketEntity,
  fairnessEntity,
  activityTallyEntity,
  activityForecastEntity,
  payoutTallyEntity,
  merchantFlowEntity,
  merchantBalanceEntity,
  exportLogEntity,
  apiTokenEntity,
  apiRequestEntity,
  webhookEndpointEntity,
  webhookDeliveryEntity,
];
