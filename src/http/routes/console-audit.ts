import type { z } from 'zod';
import type { AuditEntry, AuditTrail } from '../../flows/ports/audit.ts';
import type { Clock } from '../../flows/ports/time-and-luck.ts';
import { auditAnswer, auditQuery } from '../contract/console-audit.ts';
import { consoleRoute } from './console-route.ts';
import type { ConsoleRoute } from './console-route.ts';

const PAGE = 50;

export interface AuditRouteDependencies {
  readonly audit: AuditTrail;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** Reading the audit trail. */
export function auditRoutes({ audit, clock }: AuditRouteDependencies): readonly ConsoleRoute[] {
  return [
    consoleRoute({
      name: 'listAudit',
      method: 'GET',
      path: '/audit',
      access: 'audit.view',
      summary: 'Every change by whom, when and from where, the latest first',
      query: auditQuery,
      answer: auditAnswer,
      handle: async ({ query }) => {
        await audit.sweep(clock.nowMs());
        const filter = {
          actorName: query.actor ?? null,
          action: query.action ?? null,
          fromMs: query.from ?? null,
          untilMs: query.until ?? null,
        };
        const before = query.after === undefined ? null : Number(query.after);
        const [entries, { actors, actions }] = await Promise.all([
          audit.list(filter, { before, most: PAGE + 1 }),
          audit.choices(),
        ]);
        const rows = entries.slice(0, PAGE);
        const next = entries.length > PAGE ? String(rows.at(-1)?.number) : null;
        return { rows: rows.map(shownEntry), next, actors: [...actors], actions: [...actions] };
      },
    }),
  ];
}

function shownEntry(entry: AuditEntry): z.input<typeof auditAnswer>['rows'][number] {
  const { request, before, after } = JSON.parse(entry.detail) as {
    readonly request: unknown;
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
  };
  const paths = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const { number, atMs, actorName: actor, via, address, action, subject, outcome, hash } = entry;
  const changes = paths.map((path) => ({ path, before: before?.[path] ?? null, after: after?.[path] ?? null }));
  return { number, atMs, actor, via, address, action, subject, outcome, request, changes, hash };
}
