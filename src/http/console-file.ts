import { z } from 'zod';

/** The answer of a route that is a file to keep: what is served is `text`, under `type` and saved as `name`. */
export const consoleFile = z.object({ name: z.string(), type: z.string(), text: z.string() });
export type ConsoleFile = z.infer<typeof consoleFile>;
