import type { LogFields, Logger } from '../../src/base/logger.ts';

/** A logger that keeps what it is told, so that a test can look at it and the output stays readable. */
export function quietLogger(): Logger & { readonly lines: { level: string; event: string; fields: LogFields }[] } {
  const lines: { level: string; event: string; fields: LogFields }[] = [];
  const at = (level: string) => (fields: LogFields, event: string) => void lines.push({ level, event, fields });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
