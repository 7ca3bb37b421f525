import { FirstSchema1795200000000 } from './1795200000000-first-schema.ts';
import { PayoutsComplete1795244400000 } from './1795244400000-payouts-complete.ts';
import { OfficialAccount1795248000000 } from './1795248000000-official-account.ts';
import { Rules1795251600000 } from './1795251600000-rules.ts';
import { ActivityLife1795255320000 } from './1795255320000-activity-life.ts';
import { DrawOrigins1795255380000 } from './1795255380000-draw-origins.ts';
import { Payments1795255440000 } from './1795255440000-payments.ts';
import { Codes1795255500000 } from './1795255500000-codes.ts';
import { CheckIns1795255560000 } from './1795255560000-check-ins.ts';
import { Invitations1795255620000 } from './1795255620000-invitations.ts';
import { OperatorAccess1795255680000 } from './1795255680000-operator-access.ts';
import { ConsoleNumbers1795255740000 } from './1795255740000-console-numbers.ts';
import { ApiAccess1795255800000 } from './1795255800000-api-access.ts';
import { Transfers1795255860000 } from './1795255860000-transfers.ts';
import { BatchIssue1795255920000 } from './1795255920000-batch-issue.ts';
import { Pictures1795255980000 } from './1795255980000-pictures.ts';
import { PacketKinds1795256100000 } from './1795256100000-packet-kinds.ts';
import { CheaperDraws1795256160000 } from './1795256160000-cheaper-draws.ts';
import { Archive1795256220000 } from './1795256220000-archive.ts';
import { TrialPackets1795256280000 } from './1795256280000-trial-packets.ts';
import { Fairness1795256340000 } from './1795256340000-fairness.ts';
import { PageOrder1795256400000 } from './1795256400000-page-order.ts';
import { AskedLists1795256460000 } from './1795256460000-asked-lists.ts';
import { MoneyByDay1795256520000 } from './1795256520000-money-by-day.ts';

/** Every migration in order, by name: what is not in this list does not run. */
export const migrations = [
  FirstSchema1795200000000,
  PayoutsComplete1795244400000,
  OfficialAccount1795248000000,
  Rules1795251600000,
  ActivityLife1795255320000,
  DrawOrigins1795255380000,
  Payments1795255440000,
  Codes1795255500000,
  CheckIns1795255560000,
  Invitations1795255620000,
  OperatorAccess1795255680000,
  ConsoleNumbers1795255740000,
  ApiAccess1795255800000,
  Transfers1795255860000,
  BatchIssue1795255920000,
  Pictures1795255980000,
  PacketKinds1795256100000,
  CheaperDraws1795256160000,
  Archive1795256220000,
  TrialPackets1795256280000,
  Fairness1795256340000,
  PageOrder1795256400000,
  AskedLists1795256460000,
  MoneyByDay1795256520000,
];
