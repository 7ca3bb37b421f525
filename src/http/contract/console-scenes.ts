import { z } from 'zod';
import { chatText } from './console-accounts.ts';

const atMs = z.number().describe('Unix ms');
const count = z.int().min(0);
/** Later times are written in another form by the database. */
const YEAR_9999_MS = 253_370_764_800_000;
const content = {
  name: z.string().trim().min(1).max(60),
  reply: chatText(0),
  activityId: z.string().max(32).nullable().describe('An activity of the account that a scan leads into'),
};
const livesSeconds = z.int().min(60).max(2_592_000);

export const makeSceneRequest = z.strictObject({
  name: content.name,
  reply: content.reply.default(''),
  activityId: content.activityId.default(null),
  scene: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'needs 1-64 letters, digits, _ or -')
    .nullable()
    .default(null)
    .describe('What a scan tells us; null makes one up'),
  livesSeconds: livesSeconds.nullable().describe('60 s to 30 days; null for ever, of which an account has 100,000'),
});
export type MakeSceneRequest = z.input<typeof makeSceneRequest>;

export const renewSceneRequest = z.strictObject({
  livesSeconds: livesSeconds.default(2_592_000).describe('Does not matter for a code that lasts'),
});

export const changeSceneRequest = z
  .strictObject({
    updatedAtMs: z.int().min(0).max(YEAR_9999_MS).describe('The one you saw; a stale one is refused with 409'),
    name: content.name.exactOptional(),
    reply: content.reply.exactOptional(),
    activityId: content.activityId.exactOptional(),
  })
  .describe('What is absent stays as it is');
export type ChangeSceneRequest = z.input<typeof changeSceneRequest>;

const numbers = {
  visits: count,
  people: count,
  newFollowers: count.describe('People who began to follow by it'),
  left: count.describe('Of these, who does not follow any more'),
};

const sceneView = z.object({
  scene: z.string(),
  name: z.string(),
  lasting: z.boolean(),
  state: z.enum(['works', 'over', 'unfinished']).describe('`unfinished`: WeChat’s answer was lost; ask again'),
  pictureUrl: z.string().nullable(),
  url: z.string().nullable().describe('What the code says, to draw it oneself'),
  expiresAtMs: atMs.nullable(),
  reply: z.string(),
  activityId: z.string().nullable(),
  createdBy: z.string(),
  createdAtMs: atMs,
  updatedAtMs: atMs,
  numbers: z.object(numbers),
  days: z
    .array(z.object({ day: z.string(), ...numbers }))
    .describe('The last 30 Beijing days on which anyone came, newest first'),
});
export type SceneView = z.infer<typeof sceneView>;

export const sceneAnswer = z.object({ scene: sceneView });
export const scenesAnswer = z.object({
  rows: z.array(sceneView),
  next: z.string().nullable().describe('Give it as `after` for the next page; null at the end'),
});
export type ScenesAnswer = z.infer<typeof scenesAnswer>;
