import { z } from 'zod';
import { isPlainAmount } from '../base/pay-amount.ts';
import { payTextFault } from '../base/pay-text.ts';
import { prioritySchema, triggerFaults, triggerSchema } from './trigger-schema.ts';

/**
 * An activity's rule as data: what operators edit, what a version freezes, what the engine decides by. Amounts are
 * whole fen, times Unix ms, days Beijing days. Every text may use {amount} (yuan), {prize}, {streak} and {chances}.
 */
// 4999 yuan is the most WeChat Pay sends in one packet, with a scene and by arrangement.
const amountFen = z.int().min(1).max(499_900);
const text = z.string().max(600);

const redPacketPrize = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,32}$/),
  name: z.string().min(1).max(40),
  kind: z.literal('red-packet'),
  amountFen: amountFen.describe('What the winner gets, in fen; 100 to 20000 without a special scene'),
  tickets: z.int().min(0).max(1_000_000_000).default(0).describe('How many of the tickets win this prize'),
  stock: z.int().min(0).max(10_000_000).describe('How many of this prize exist'),
});
const textPrize = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,32}$/),
  name: z.string().min(1).max(40),
  kind: z.literal('text'),
  tickets: z.int().min(0).max(1_000_000_000).default(0),
  stock: z.int().min(0).max(10_000_000),
});
export const prizeSchema = z.discriminatedUnion('kind', [redPacketPrize, textPrize]);
export type Prize = z.infer<typeof prizeSchema>;

const lotterySchema = z.strictObject({
  kind: z.literal('lottery'),
  blankTickets: z.int().min(0).max(1_000_000_000).describe('Tickets that win nothing'),
});
const keywordSchema = z.strictObject({
  kind: z.literal('keyword'),
  prizeId: z.string().describe('The prize everyone gets who says the word, while stock and budget last'),
});
const checkInSchema = z.strictObject({
  kind: z.literal('check-in'),
  milestones: z
    .array(z.strictObject({ streakDays: z.int().min(1).max(366), prizeId: z.string() }))
    .min(1)
    .max(20)
    .describe('Which prize a streak of so many Beijing days wins'),
});

export const activityRuleSchema = z
  .strictObject({
    trigger: triggerSchema,
    priority: prioritySchema,
    mechanic: z.discriminatedUnion('kind', [lotterySchema, keywordSchema, checkInSchema]),
    prizes: z.array(prizeSchema).min(1).max(30),
    limits: z.strictObject({
      drawsPerPerson: z.int().min(1).max(100_000).nullable().default(null),
      drawsPerPersonPerDay: z.int().min(1).max(1000).nullable().default(null),
      winsPerPerson: z.int().min(1).max(1000).nullable().default(null),
      winsPerDay: z
        .int()
        .min(1)
        .max(10_000_000)
        .nullable()
        .default(null)
        .describe('Wins of everyone on one Beijing day'),
    }),
    budgetFen: z.int().min(0).max(10_000_000_000).describe('Most that all red packets together may cost, in fen'),
    returned: z
      .strictObject({
        money: z
          .enum(['returned', 'budget'])
          .default('returned')
          .describe('Whether the money of a packet nobody opened is kept apart or can be won again'),
        reissue: z.boolean().default(false).describe('Whether operators may send its winner another packet'),
      })
      .default({ money: 'returned', reissue: false }),
    startsAtMs: z.int().min(0).nullable().default(null),
    endsAtMs: z.int().min(0).nullable().default(null),
    texts: z.strictObject({
      win: text.min(1),
      lose: text.min(1),
      limit: text.min(1),
      soldOut: text.min(1),
      closed: text.min(1),
      checkedIn: text.min(1).default('签到成功，已连续 {streak} 天'),
    }),
    packet: z.strictObject({
      wishing: z.string().min(1).max(128),
      activityName: z.string().min(1).max(32),
      remark: z.string().min(1).max(256),
      sceneId: z
        .enum(['PRODUCT_1', 'PRODUCT_2', 'PRODUCT_3', 'PRODUCT_4', 'PRODUCT_5', 'PRODUCT_6', 'PRODUCT_7', 'PRODUCT_8'])
        .nullable()
        .default(null),
    }),
  })
  .superRefine((rule, context) => {
    const ids = rule.prizes.map((prize) => prize.id);
    const fault = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (new Set(ids).size !== ids.length) fault(['prizes'], 'every prize needs an id of its own');
    for (const { path, message } of triggerFaults(rule.trigger, ['main'])) fault(['trigger', ...path], message);
    if (rule.startsAtMs !== null && rule.endsAtMs !== null && rule.endsAtMs <= rule.startsAtMs)
      fault(['endsAtMs'], 'the end must come after the start');
    const known = (prizeId: string, path: (string | number)[]) => {
      if (!ids.includes(prizeId)) fault(path, `there is no prize ${prizeId}`);
    };
    if (rule.mechanic.kind === 'keyword') known(rule.mechanic.prizeId, ['mechanic', 'prizeId']);
    if (rule.mechanic.kind === 'check-in') {
      rule.mechanic.milestones.forEach((milestone, index) =>
        known(milestone.prizeId, ['mechanic', 'milestones', index, 'prizeId']),
      );
    }
    if (rule.mechanic.kind === 'lottery' && ticketTotal(rule) === 0)
      fault(['mechanic', 'blankTickets'], 'at least one ticket is needed');
    packetText(rule.packet.activityName, 32, (message) => fault(['packet', 'activityName'], message));
    packetText(rule.packet.wishing, 128, (message) => fault(['packet', 'wishing'], message));
    packetText(rule.packet.remark, 256, (message) => fault(['packet', 'remark'], message));
    rule.prizes.forEach((prize, index) => {
      if (prize.kind === 'red-packet' && rule.packet.sceneId === null && !isPlainAmount(prize.amountFen)) {
        fault(['prizes', index, 'amountFen'], 'without a scene WeChat Pay takes 1 to 200 yuan (100 to 20000 fen)');
      }
    });
  });
export type ActivityRule = z.infer<typeof activityRuleSchema>;
export type ActivityRuleInput = z.input<typeof activityRuleSchema>;

/** Returns how many tickets a lottery has in all, blanks included; 0 for the other mechanics. */
export function ticketTotal(rule: Pick<ActivityRule, 'mechanic' | 'prizes'>): number {
  if (rule.mechanic.kind !== 'lottery') return 0;
  return rule.prizes.reduce((sum, prize) => sum + prize.tickets, rule.mechanic.blankTickets);
}

function packetText(value: string, bytesMax: number, report: (message: string) => void): void {
  const fault = payTextFault(value, bytesMax);
  // An empty one is named already, by the schema's own length.
  if (fault !== null && value !== '') report(fault);
}
