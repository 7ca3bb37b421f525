import { z } from 'zod';

export const putFileRequest = z.strictObject({
  content: z.string().regex(/^[A-Za-z0-9]{1,64}$/, 'needs 1-64 letters or digits, without a line end'),
});

const fileView = z.object({
  name: z.string(),
  content: z.string(),
  url: z.string().describe('Where WeChat looks for it'),
  createdBy: z.string(),
  createdAtMs: z.number().describe('Unix ms'),
});
export const fileAnswer = z.object({ file: fileView });
export const filesAnswer = z.object({ files: z.array(fileView).describe('Newest first') });
export type VerificationFilesAnswer = z.infer<typeof filesAnswer>;
