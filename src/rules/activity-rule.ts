import { z } from 'zod';
import { isPlainAmount } from '../base/pay-amount.ts';
import { payTextFault } from '../base/pay-text.ts';
import { chainFaults, placedMechanics } from './chains.ts';
import { whoSchema } from './conditions-schema.ts';
import { lookSchema } from './look-schema.ts';
import { mechanicSchema } from './mechanics/list.ts';
import { mechanicId } from './mechanics/lead.ts';
import { oneShareFen, packetAmounts, prizeFault, prizeSchema } from './prize-schema.ts';
import { poolFaults } from './rule-pools.ts';
import { mechanicAt, prioritySchema, triggerFaults, triggerSchema } from './trigger-schema.ts';

/**
 * An activity's rule as data: what operators edit, what a version freezes, what the engine decides by. Amounts are
 * whole fen, times Unix ms, days Beijing days. Every text may use {amount} (yuan), {prize}, {streak} and {chances}.
 */
const text = z.string().max(600);
const budgetFen = z.int().min(0).max(10_000_000_000);

const fields = z.strictObject({
  trigger: triggerSchema.describe('What lets people take part'),
  priority: prioritySchema,
  mechanic: mechanicSchema.describe('The main mechanic: how one takes part'),
  chained: z
    .array(
      z.strictObject({
        id: mechanicId.describe('Its name in this rule: small letters, digits and hyphens; main is the main one'),
        mechanic: mechanicSchema.describe('How one takes part there, as the main one'),
      }),
    )
    .max(10)
    .default([])
    .describe('Mechanics beside the main one, which others or a trigger lead to'),
  prizes: z.array(prizeSchema).min(1).max(30).describe('Everything that can be won'),
  who: whoSchema.describe('Who may take part'),
  limits: z
    .strictObject({
      drawsPerPerson: z
        .int()
        .min(1)
        .max(100_000)
        .nullable()
        .default(null)
        .describe('How often one person may take part in all'),
      drawsPerPersonPerDay: z
        .int()
        .min(1)
        .max(1000)
        .nullable()
        .default(null)
        .describe('How often one person may take part on one Beijing day'),
      winsPerPerson: z.int().min(1).max(1000).nullable().default(null).describe('Prizes one person may win in all'),
      winsPerDay: z
        .int()
        .min(1)
        .max(10_000_000)
        .nullable()
        .default(null)
        .describe('Wins of everyone on one Beijing day'),
      winsPerPersonPerDay: z
        .int()
        .min(1)
        .max(1000)
        .nullable()
        .default(null)
        .describe('Prizes one person may win on one Beijing day'),
      coolDownSeconds: z
        .int()
        .min(1)
        .max(31_536_000)
        .nullable()
        .default(null)
        .describe('How long a person waits after a draw'),
      budgetFenPerDay: budgetFen
        .nullable()
        .default(null)
        .describe('Most that the red packets won on one Beijing day may cost, in fen'),
      budgetFenPerPerson: budgetFen.nullable().default(null).describe('Most that one person may win in all, in fen'),
    })
    .describe('How often and how much; what is null has no limit'),
  budgetFen: budgetFen.describe('Most that all red packets together may cost, in fen'),
  whenBudgetEnds: z
    .enum(['nobody-wins', 'close'])
    .nullable()
    .default(null)
    .describe(
      'What happens once the budget is spent, to be said where the prizes cost more: nobody-wins: people go on taking part, a packet that is drawn is not given; close: nobody takes part once nothing can be won any more',
    ),
  returned: z
    .strictObject({
      money: z
        .enum(['returned', 'budget'])
        .default('returned')
        .describe('Whether the money of a packet nobody opened is kept apart or can be won again'),
      reissue: z.boolean().default(false).describe('Whether operators may send its winner another packet'),
    })
    .default({ money: 'returned', reissue: false })
    .describe('What becomes of a red packet that nobody opened'),
  startsAtMs: z.int().min(0).nullable().default(null).describe('Unix ms of the first moment; null: once published'),
  endsAtMs: z
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe('Unix ms of the first moment after it; null: until it is stopped'),
  texts: z
    .strictObject({
      win: text.min(1).describe('Told to whoever wins'),
      lose: text.min(1).describe('Told to whoever wins nothing'),
      limit: text.min(1).describe('Told to whoever has reached a limit of their own, or has no chance left'),
      soldOut: text.min(1).describe('Told when the prize, the budget or the wins of the day are gone'),
      closed: text.min(1).describe('Told before the start, after the end and once stopped'),
      notStarted: text.min(1).nullable().default(null).describe('Before the start; what closed says where it is empty'),
      ended: text.min(1).nullable().default(null).describe('After the end; what closed says where it is empty'),
      stopped: text.min(1).nullable().default(null).describe('Once it is stopped; what closed says where it is empty'),
      paused: text.min(1).default('活动暂停中，请稍后再来，你的机会不会减少').describe('While it is paused'),
      checkedIn: text
        .min(1)
        .default('签到成功，已连续 {streak} 天')
        .describe('Told to whoever checks in on a day without a prize'),
      checkedInToday: text
        .min(1)
        .nullable()
        .default(null)
        .describe('Told to whoever checks in once more on a day; what limit says where it is empty'),
      noCard: text
        .min(1)
        .nullable()
        .default(null)
        .describe('Told to whoever has no card to make a day up; what limit says where it is empty'),
      nothingToMakeUp: text
        .min(1)
        .nullable()
        .default(null)
        .describe('Told to whoever missed no day that can be made up; what limit says where it is empty'),
      chances: text
        .min(1)
        .default('获得抽奖机会，现在有 {chances} 次')
        .describe('Told to whoever is given chances to draw'),
    })
    .describe('What people are told; each may use {amount} in yuan, {prize}, {streak} and {chances}'),
  packet: z
    .strictObject({
      wishing: z.string().min(1).max(128).describe('The wish on the red packet, at most 128 bytes'),
      activityName: z.string().min(1).max(32).describe('What the red packet calls the activity, at most 32 bytes'),
      remark: z
        .string()
        .min(1)
        .max(256)
        .describe('A remark that goes to WeChat Pay with the packet, at most 256 bytes'),
      sceneId: z
        .enum(['PRODUCT_1', 'PRODUCT_2', 'PRODUCT_3', 'PRODUCT_4', 'PRODUCT_5', 'PRODUCT_6', 'PRODUCT_7', 'PRODUCT_8'])
        .nullable()
        .default(null)
        .describe('The scene agreed with WeChat Pay; amounts beyond 1 to 200 yuan need one'),
      rail: z
        .enum(['auto', 'red-packet', 'transfer'])
        .default('auto')
        .describe(
          'How the money goes: red-packet: into the chat; transfer: the winner collects it on the page of awards within 24 hours; auto: as the merchant is set',
        ),
    })
    .describe('How the red packets look, and what WeChat Pay is told'),
  look: lookSchema,
});
export type ActivityRule = z.infer<typeof fields>;

/** The rule with the faults that no single field shows, each at its path. */
export const activityRuleSchema = fields.superRefine((rule, context) => {
  for (const { path, message } of faultsOf(rule)) context.addIssue({ code: 'custom', path: [...path], message });
});
export type ActivityRuleInput = z.input<typeof activityRuleSchema>;

interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function faultsOf(rule: ActivityRule): readonly Fault[] {
  const faults: Fault[] = [];
  const ids = rule.prizes.map((prize) => prize.id);
  const mechanics = placedMechanics(rule).map(({ id }) => id);
  if (new Set(ids).size !== ids.length)
    faults.push({ path: ['prizes'], message: 'every prize needs an id of its own' });
  for (const { path, message } of triggerFaults(rule.trigger, mechanics))
    faults.push({ path: ['trigger', ...path], message });
  if (rule.startsAtMs !== null && rule.endsAtMs !== null && rule.endsAtMs <= rule.startsAtMs)
    faults.push({ path: ['endsAtMs'], message: 'the end must come after the start' });
  if (rule.look.question !== null && rule.trigger.words.length === 0)
    faults.push({ path: ['look', 'question'], message: 'a riddle needs words of the trigger that answer it' });
  return [
    ...faults,
    ...chainFaults(rule),
    ...poolFaults(rule, mechanicAt(rule.trigger, 'codes')),
    ...packetFaults(rule),
  ];
}

function packetFaults({ packet, prizes }: ActivityRule): readonly Fault[] {
  const texts = (
    [
      ['activityName', 32],
      ['wishing', 128],
      ['remark', 256],
    ] as const
  ).flatMap(([name, bytesMax]) => {
    const message = payTextFault(packet[name], bytesMax);
    // An empty one is named already, by the schema's own length.
    return message === null || packet[name] === '' ? [] : [{ path: ['packet', name], message }];
  });
  const amounts = prizes.flatMap((prize, index) => {
    const own = prizeFault(prize);
    const message = 'without a scene WeChat Pay takes 1 to 200 yuan (100 to 20000 fen)';
    const odd = packetAmounts(prize).filter(
      ({ amountFen }) => packet.sceneId === null && !isPlainAmount(oneShareFen(prize, amountFen)),
    );
    const faults = [...odd.map(({ field }) => ({ field, message })), ...(own === null ? [] : [own])];
    return faults.map((fault) => ({ path: ['prizes', index, fault.field], message: fault.message }));
  });
  return [...texts, ...amounts];
}
