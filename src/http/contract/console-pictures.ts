import { z } from 'zod';

const pictureView = z.object({
  path: z.string().describe('Where it is on this service: what `look.logo` and `look.picture` of a rule take'),
  hash: z.string().describe('SHA-256 of the content'),
  kind: z.enum(['png', 'jpg', 'webp']),
  width: z.int().describe('Pixels'),
  height: z.int().describe('Pixels'),
  bytes: z.int(),
  createdBy: z.string(),
  createdAtMs: z.number().describe('Unix ms'),
});
export const pictureAnswer = z.object({ picture: pictureView });
export type PictureAnswer = z.infer<typeof pictureAnswer>;
export const picturesAnswer = z.object({ pictures: z.array(pictureView).describe('Newest first') });
export type PicturesAnswer = z.infer<typeof picturesAnswer>;
