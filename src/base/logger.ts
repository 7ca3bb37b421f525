/** What a log line carries: ids and numbers, openids shortened, never a secret. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * When a line is handed on: at once, so that it outlives a process that is killed in the next moment, or soon, together
 * with others, where there are very many of them and none is missed.
 */
export type LogTiming = 'at-once' | 'soon';

/** A logger: `error` means a person must act now, `warn` that something outside failed and is being dealt with. */
export interface Logger {
  debug(fields: LogFields, event: string): void;
  info(fields: LogFields, event: string, timing?: LogTiming): void;
  warn(fields: LogFields, event: string): void;
  error(fields: LogFields, event: string): void;
}

/** Shortens an openid for a log line: the first 6 characters are the account's, so the last 4 tell people apart. */
export function shortOpenid(value: string): string {
  return value.length <= 8 ? '…' : `…${value.slice(-4)}`;
}
