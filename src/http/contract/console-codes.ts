import { z } from 'zod';

const atMs = z.number().describe('Unix ms');
const purpose = z.enum(['entry', 'voucher']).describe('entry: people enter by its codes; voucher: they are prizes');

export const poolAnswer = z.object({
  id: z.string(),
  name: z.string(),
  purpose,
  origin: z.enum(['generated', 'imported']),
  state: z.enum(['making', 'ready', 'dropped']).describe('Only a pool that is ready can be used'),
  prefix: z.string(),
  lengthMin: z.int(),
  lengthMax: z.int(),
  wanted: z.int().describe('How many are to be generated; 0 for an imported pool'),
  size: z.int().describe('How many there are so far'),
  used: z.int(),
  left: z.int(),
  activityId: z.string().nullable().describe('The activity it belongs to since that was published'),
  madeBy: z.string(),
  madeAtMs: atMs,
});
export type PoolAnswer = z.infer<typeof poolAnswer>;
export const poolsAnswer = z.object({ rows: z.array(poolAnswer) });
export type PoolsAnswer = z.infer<typeof poolsAnswer>;

export const generateRequest = z.object({
  id: z.string().describe('1 to 32 small letters, digits and hyphens, by which rules name it'),
  name: z.string().min(1).max(60),
  purpose,
  prefix: z.string().max(8).default('').describe('What every code begins with'),
  count: z.int().min(1).max(1_000_000),
});

export const importQuery = z.object({
  name: z.string().min(1).max(60),
  purpose,
  encoding: z.enum(['utf-8', 'gbk']).default('utf-8'),
});

export const lookUpRequest = z.object({ code: z.string().min(1).max(200).describe('As people type it') });
export const lookUpAnswer = z.object({
  use: z
    .object({
      activityId: z.string(),
      openid: z.string().describe('A pseudonym where the person was erased'),
      awardId: z.string().nullable(),
      usedAtMs: atMs,
    })
    .nullable()
    .describe('Null for a code nobody has used'),
});
export type LookUpAnswer = z.infer<typeof lookUpAnswer>;
export const voucherAnswer = z.object({ code: z.string() });
export const droppedAnswer = z.object({ dropped: z.literal(true) });
