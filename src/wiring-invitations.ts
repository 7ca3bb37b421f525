import type pg from 'pg';
import type { Logger } from './base/logger.ts';
import type { Config } from './config.ts';
import { createOperateBatches } from './flows/batches/operate-batches.ts';
import type { OperateBatches } from './flows/batches/operate-batches.ts';
import { createRunBatches } from './flows/batches/run-batches.ts';
import { createDrawAside } from './flows/chat/draw-aside.ts';
import type { DrawBatcher } from './flows/draw-batcher.ts';
import { createInvitePeople } from './flows/invitations/invite-people.ts';
import type { InvitePeople } from './flows/invitations/invite-people.ts';
import { createSettleInvitations } from './flows/invitations/settle-invitations.ts';
import type { AccountDirectory } from './flows/ports/accounts.ts';
import type { ActivityDirectory } from './flows/ports/draws.ts';
import type { FairSeeds } from './flows/ports/fairness.ts';
import type { Clock } from './flows/ports/time-and-luck.ts';
import { createProveVisitor } from './flows/prove-visitor.ts';
import { RunDrawBatches } from './jobs/run-draw-batches.ts';
import { SettleInvitationsJob } from './jobs/settle-invitations.ts';
import { activityRuleSchema } from './rules/activity-rule.ts';
import { createInvitationStore } from './store/account/invitations.ts';
import { createLastMessages } from './store/account/last-messages.ts';
import { createApprovalStore } from './store/access/approval-store.ts';
import { createPersonLists } from './store/account/person-lists.ts';
import { createPseudonyms } from './store/account/pseudonyms.ts';
import { createActivityDirectory } from './store/activity-directory.ts';
import { createDrawBatchStore } from './store/draw-batches.ts';
import { systemLuck } from './wiring-payouts.ts';
import type { Chat, WechatApi } from './wiring-wechat.ts';

/** What draws are made from that nobody asked for this moment. */
export interface AsideParts {
  readonly logger: Logger;
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly accounts: AccountDirectory;
  readonly seeds: FairSeeds;
}

type WebParts = Omit<AsideParts, 'accounts' | 'seeds'> & { readonly config: Pick<Config, 'secretsKey'> };

/** Joins who invites whom, for the pages. */
export function openInvitePeople({ config, pool, clock, logger }: WebParts): InvitePeople {
  const invitations = createInvitationStore(pool, createPseudonyms(config.secretsKey));
  return createInvitePeople({ invitations, clock, luck: systemLuck, logger });
}

/** Starts what lets inviters, and people on operators' lists, draw. */
export function startAsideDraws(
  { pool, clock, accounts, seeds, logger }: AsideParts,
  { batcher, chat, wechat }: { readonly batcher: DrawBatcher; readonly chat: Chat; readonly wechat: WechatApi },
): { stop(): Promise<void> } {
  const { claims, lateReplies, followers, invitations } = chat;
  const lastMessages = createLastMessages(pool);
  const drawAside = createDrawAside({ batcher, accounts, claims, lateReplies, lastMessages, clock });
  const parseRule = (stored: unknown) => activityRuleSchema.parse(stored);
  const activities = createActivityDirectory({ pool, clock, logger, parseRule, seeds });
  const visitors = createProveVisitor({ accounts, followers, records: wechat.followerRecords, clock });
  const settle = createSettleInvitations({ invitations, activities, visitors, drawAside, clock, logger });
  const batches = createDrawBatchStore(pool);
  const runBatches = createRunBatches({ batches, activities, drawAside, clock, logger });
  const jobs = [new SettleInvitationsJob({ settle, clock, logger }), new RunDrawBatches({ runBatches, clock, logger })];
  for (const job of jobs) job.start();
  return { stop: async () => void (await Promise.all(jobs.map((job) => job.stop()))) };
}

/** Joins how operators let lists of people draw. */
export function openOperateBatches(
  { config, pool, clock, logger }: WebParts,
  activities: Pick<ActivityDirectory, 'live'>,
): OperateBatches {
  const personLists = createPersonLists(pool, createPseudonyms(config.secretsKey));
  const batches = createDrawBatchStore(pool);
  const approvals = createApprovalStore(pool);
  return createOperateBatches({ batches, personLists, activities, approvals, clock, luck: systemLuck, logger });
}
