import { pino } from 'pino';
import type { Logger } from './base/logger.ts';

/** JSON lines on standard output, one an event; field names that could hold a secret are cut out wherever they stand. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    messageKey: 'event',
    timestamp: () => `,"at":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: ['*.apiKey', '*.appSecret', '*.token', '*.privateKeyPem', '*.encodingAesKey', 'password', 'cookie'],
      remove: true,
    },
  });
}
