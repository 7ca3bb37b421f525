import { z } from 'zod';

const fen = z.int().min(0);
const atMs = z.number().describe('Unix ms');
const count = z.int().min(0);

export const alarmsAnswer = z.object({
  alarms: z
    .array(
      z.object({
        id: z.int(),
        kind: z.enum([
          'merchant-stopped',
          'sending-stopped',
          'certificate-expires',
          'contradiction',
          'books-differ',
          'forecast-left',
        ]),
        subject: z
          .string()
          .describe('The merchant, order number, day or activity it is about; empty for the installation'),
        message: z.string(),
        raisedAtMs: atMs,
      }),
    )
    .describe('The 50 oldest that are open'),
  open: count.describe('How many are open in all'),
});
export type AlarmsAnswer = z.infer<typeof alarmsAnswer>;
export type Alarm = AlarmsAnswer['alarms'][number];

export const nothingRequest = z.strictObject({});
export const stopRequest = z.strictObject({
  reason: z.string().trim().min(1).max(200).describe('Why, for whoever has to resume it'),
});

export const openState = z.enum(['waiting', 'unknown', 'parked', 'dead']);
export type OpenState = z.infer<typeof openState>;

const scene = z.string().regex(/^PRODUCT_[1-8]$/, 'PRODUCT_1 to PRODUCT_8');
const limits = {
  amountMinFen: z.int(),
  amountMaxFen: z.int(),
  scenes: z.array(scene).max(8).describe('Scenes that WeChat Pay has opened for this merchant'),
  personDayPackets: z.int().describe('Red packets of one person on one Beijing day'),
  personDayFen: z.int(),
  dayFen: z.int().describe('Of everyone on one Beijing day'),
  spacingMs: z.number().describe('Shortest time between two sends over all processes, ms with fractions'),
  callsMax: z.int().describe('Calls in flight of one process'),
};
export const rail = z.enum(['red-packet', 'transfer']);
/** By what a request goes: a chosen way, or what its kind of prize demands. */
export const requestRail = z.enum(['red-packet', 'transfer', 'group-packet', 'mini-packet', 'coupon']);
const appId = z.string().trim().max(32);
const numberOfWechat = z.string().trim().max(32).nullable();
const packetKinds = {
  groupPackets: z.boolean().describe('Whether WeChat Pay still lets it send packets that friends share'),
  appIds: z.array(appId).max(100).describe('Official accounts bound to it; none: not checked'),
  miniAppIds: z.array(appId).max(100).describe('Mini programs bound to it'),
  miniClaim: z
    .enum(['encoded-lower', 'encoded-upper', 'raw-lower', 'raw-upper'])
    .describe('What is signed when a packet is taken in a mini program'),
};

export const merchantView = z.object({
  id: z.string(),
  mchId: z.string(),
  sendName: z.string(),
  state: z.enum(['open', 'stopped']),
  stoppedReason: z.string().nullable(),
  stoppedAtMs: atMs.nullable(),
  limits: z.object(limits),
  subMchId: z.string().nullable(),
  msgAppId: z.string().nullable(),
  consumeMchId: z.string().nullable(),
  riskInfo: z.boolean(),
  rail: rail.describe('How awards go whose activity does not say'),
  transferRedPacketLook: z.boolean(),
  ...packetKinds,
  certificateNotAfterMs: atMs.nullable(),
  certificateDaysLeft: z.int().nullable().describe('Whole days; negative when it is over'),
  queue: z.object({
    counts: z
      .array(z.object({ state: openState, payouts: count, amountFen: fen, due: count }))
      .describe('Open payouts; a dead number counts until its award has another one'),
    sendsFromMs: atMs.nullable().describe('Nothing is sent before this: the merchant’s day is full'),
    slowUntilMs: atMs.nullable().describe('Half the pace until then: WeChat Pay said "too fast"'),
    dayFen: fen.describe('Taken for sending today'),
  }),
});
export type MerchantView = z.infer<typeof merchantView>;

export const paymentsAnswer = z.object({
  nowMs: atMs,
  sending: z.object({
    stopped: z.boolean(),
    reason: z.string().nullable(),
    sinceMs: atMs.nullable(),
  }),
  merchants: z.array(merchantView),
});
export type PaymentsAnswer = z.infer<typeof paymentsAnswer>;

export const changeMerchantRequest = z
  .strictObject({
    amountMinFen: limits.amountMinFen.exactOptional(),
    amountMaxFen: limits.amountMaxFen.exactOptional(),
    scenes: limits.scenes.exactOptional(),
    personDayPackets: limits.personDayPackets.exactOptional(),
    personDayFen: limits.personDayFen.exactOptional(),
    dayFen: limits.dayFen.exactOptional(),
    spacingMs: limits.spacingMs.exactOptional(),
    callsMax: limits.callsMax.exactOptional(),
    subMchId: numberOfWechat.exactOptional(),
    msgAppId: numberOfWechat.exactOptional(),
    consumeMchId: numberOfWechat.exactOptional(),
    riskInfo: z.boolean().exactOptional(),
    rail: rail.exactOptional(),
    transferRedPacketLook: z.boolean().exactOptional().describe('Transfers up to 200 yuan look like a red packet'),
    groupPackets: packetKinds.groupPackets.exactOptional(),
    appIds: packetKinds.appIds.exactOptional(),
    miniAppIds: packetKinds.miniAppIds.exactOptional(),
    miniClaim: packetKinds.miniClaim.exactOptional(),
  })
  .describe('What is absent stays as it is');
export type MerchantChanges = z.infer<typeof changeMerchantRequest>;
