import { z } from 'zod';

export const auditQuery = z.strictObject({
  actor: z.string().max(100).exactOptional(),
  action: z.string().max(100).exactOptional(),
  from: z.coerce.number().int().min(0).max(253_402_300_799_999).exactOptional().describe('Unix ms'),
  until: z.coerce.number().int().min(0).max(253_402_300_799_999).exactOptional().describe('Unix ms, not included'),
  after: z
    .string()
    .regex(/^\d{1,15}$/)
    .exactOptional()
    .describe('`next` of the page before'),
});

export const auditAnswer = z.object({
  rows: z.array(
    z.object({
      number: z.number(),
      atMs: z.number().describe('Unix ms'),
      actor: z.string(),
      via: z.enum(['console', 'cli']),
      address: z.string(),
      action: z.string().describe('The operationId of the route, or the command'),
      subject: z.string(),
      outcome: z.enum(['done', 'refused', 'unknown']),
      request: z.unknown().describe('What was asked for; secrets masked, openids shortened'),
      changes: z
        .array(z.object({ path: z.string(), before: z.unknown(), after: z.unknown() }))
        .describe('Fields that changed'),
      hash: z.string(),
    }),
  ),
  next: z.string().nullable(),
  actors: z.array(z.string()).describe('Everyone there are entries of'),
  actions: z.array(z.string()),
});
export type AuditAnswer = z.infer<typeof auditAnswer>;
export type AuditLine = AuditAnswer['rows'][number];
