import { z } from 'zod';
import { revision } from './console-accounts.ts';

const atMs = z.number().describe('Unix ms');
const buttons = z
  .array(z.looseObject({ name: z.string() }))
  .max(3)
  .describe('1 to 3 buttons as WeChat takes them; `activityId` may stand for the url of a view or the key of a click');

export const saveMenuRequest = z.strictObject({ revision: revision.describe('0 before the first save'), buttons });
export type SaveMenuRequest = z.input<typeof saveMenuRequest>;
export const publishMenuRequest = z.strictObject({ revision });

export const menuAnswer = z.object({
  menu: z.object({
    buttons,
    revision: z.int().describe('0 before the first save'),
    updatedAtMs: atMs.nullable(),
    publishedAtMs: atMs.nullable().describe('When WeChat was last given the menu; null when it has none of ours'),
    unpublished: z.boolean().describe('Whether the draft is not, or no longer, what WeChat was given'),
    warnings: z.array(z.object({ path: z.string(), message: z.string() })).describe('Buttons that lead nowhere now'),
  }),
});
export type MenuAnswer = z.infer<typeof menuAnswer>;

export const liveMenuAnswer = z.object({
  menu: z
    .object({
      buttons: z.array(z.looseObject({ name: z.string() })),
      conditional: z
        .array(z.object({ id: z.string(), buttons: z.array(z.looseObject({ name: z.string() })) }))
        .describe('Menus that only some people see'),
    })
    .nullable()
    .describe('Null when WeChat has no menu made by an API; people see a change within 5 minutes'),
});
export type LiveMenuAnswer = z.infer<typeof liveMenuAnswer>;
