import type { Finding, Said } from './finding.ts';

const MARKS: Readonly<Record<Finding['state'], string>> = {
  ok: 'ok',
  warning: 'WARNING',
  failed: 'FAILED',
  skipped: 'not seen',
};

/** Writes findings for a terminal: one line each, with causes and what to do below what is wrong. */
export function formatFindings(findings: readonly Finding[], language: keyof Said): readonly string[] {
  return findings.flatMap((one) => [
    `${MARKS[one.state].padEnd(9)}${one.check} (${one.about}): ${one.found[language]}`,
    ...one.causes.map((cause) => `           ${language === 'zh' ? '常见原因' : 'usual cause'}: ${cause[language]}`),
    ...one.todo.map((todo) => `           ${language === 'zh' ? '处理办法' : 'what to do'}: ${todo[language]}`),
  ]);
}
