import { pino } from 'pino';
import type { LogFields, Logger } from './base/logger.ts';

/** Names of what nobody may read in a log. */
const SECRETS: ReadonlySet<string> = new Set([
  'apiKey',
  'appSecret',
  'token',
  'privateKeyPem',
  'encodingAesKey',
  'password',
  'cookie',
]);
/** Deeper than this nothing of a log line is an object any more. */
const DEPTH_MAX = 4;
/** Lines that may wait are written together: at this size, or a moment later. */
const TOGETHER_BYTES = 8192;
const TOGETHER_MS = 50;

/** Where lines go; `write` takes whole lines, `flush` hands on what it kept. */
export interface LogTarget {
  write(lines: string): void;
  flush(): void;
}

/**
 * JSON lines on standard output, one an event; fields whose name could hold a secret are cut out wherever they stand.
 * Lines are written at once, with what came before them; those that may wait within 50 ms, and when the process ends.
 */
export function createLogger(level: string, target: LogTarget = standardOutput()): Logger {
  const lines = pino(
    {
      level,
      base: null,
      messageKey: 'event',
      timestamp: stampOfNow,
      formatters: { level: (label) => ({ level: label }) },
    },
    target,
  );
  let due = false;
  const flush = (): void => {
    due = false;
    target.flush();
  };
  const soon = (): void => {
    if (due) return;
    due = true;
    setTimeout(flush, TOGETHER_MS).unref();
  };
  const enabled = (name: string): boolean => lines.isLevelEnabled(name);
  return {
    debug: (fields, event) => {
      if (!enabled('debug')) return;
      lines.debug(withoutSecrets(fields), event);
      flush();
    },
    info: (fields, event, timing = 'at-once') => {
      if (!enabled('info')) return;
      lines.info(withoutSecrets(fields), event);
      if (timing === 'soon') soon();
      else flush();
    },
    warn: (fields, event) => {
      lines.warn(withoutSecrets(fields), event);
      flush();
    },
    error: (fields, event) => {
      lines.error(withoutSecrets(fields), event);
      flush();
    },
  };
}

/** Writing a time out takes 3 us, and many lines come within one millisecond. */
let stampedMs = 0;
let stamp = '';

function stampOfNow(): string {
  const nowMs = Date.now();
  if (nowMs !== stampedMs) {
    stampedMs = nowMs;
    stamp = `,"at":"${new Date(nowMs).toISOString()}"`;
  }
  return stamp;
}

function standardOutput(): LogTarget {
  const target = pino.destination({ fd: 1, sync: true, minLength: TOGETHER_BYTES });
  process.on('exit', () => target.flushSync());
  return target;
}

/** Returns the fields themselves where none is a secret: most lines are written by every request. */
function withoutSecrets(fields: LogFields, depth = 1): LogFields {
  let clean: Record<string, unknown> | null = null;
  for (const name in fields) {
    const value = fields[name];
    const shown = valueWithoutSecrets(value, depth);
    if (shown === value && !SECRETS.has(name)) continue;
    clean ??= { ...fields };
    if (SECRETS.has(name)) delete clean[name];
    else clean[name] = shown;
  }
  return clean ?? fields;
}

function valueWithoutSecrets(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth >= DEPTH_MAX) return value;
  if (Array.isArray(value)) return value.map((each) => valueWithoutSecrets(each, depth + 1));
  return withoutSecrets(value as LogFields, depth + 1);
}
