import { cleanText } from '../../base/clean-text.ts';
import { shortOpenid } from '../../base/logger.ts';
import type { Logger } from '../../base/logger.ts';
import { WrongRequest } from '../../base/errors.ts';
import { auditable, changedParts, shortText } from '../../flows/access/audit-detail.ts';
import type { AuditResult, AuditTrail } from '../../flows/ports/audit.ts';
import type { Clock } from '../../flows/ports/time-and-luck.ts';
import type { ConsoleRoute, RawCall } from '../routes/console-route.ts';

/** Routes that are no GET and change nothing. */
const CHANGE_NOTHING = new Set([
  'previewReissue',
  'lookAtDraft',
  'tryDraft',
  'forecastDraft',
  'lookUpCode',
  'beginSetUp',
  'compareFundFlow',
]);
/** What these are about is personal data, which the trail would keep after an erasure. */
const NOT_COMPARED = new Set(['erasePerson', 'revealVoucher', 'addListedPeople', 'removeListedPeople']);
/** Of an answer, what operators do not set. */
const COMES_BY_ITSELF = new Set([
  'numbers',
  'live',
  'strays',
  'kept',
  'faults',
  'warnings',
  'law',
  'overlaps',
  'nowMs',
  'updatedAtMs',
  'rule',
  'queue',
]);

/** Lets a change happen and writes who made it, from where, and what it changed. */
export type AuditChange = (route: ConsoleRoute, call: RawCall, change: () => Promise<unknown>) => Promise<unknown>;

/** Builds it over the trail and the routes by which a thing is looked at before and after. */
export function createAuditChange(options: {
  readonly audit: AuditTrail;
  readonly routes: readonly ConsoleRoute[];
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly logger: Logger;
}): AuditChange {
  const { audit, routes, clock, logger } = options;
  return async (route, call, change) => {
    if (changesNothing(route)) return change();
    const id = await audit.begin({
      actorId: call.session?.operator.id ?? null,
      actorName: cleanText(shortText(call.session?.operator.name ?? nameIn(call.body))),
      via: 'console',
      address: call.place.address.slice(0, 64),
      action: route.name,
      subject: subjectOf(call.params),
      request: auditable(call.body ?? null),
      atMs: clock.nowMs(),
    });
    // The change has happened or not: what cannot be written about it now is written by whoever sweeps.
    const settle = (result: AuditResult): Promise<void> =>
      audit
        .settle(id, result)
        .catch((error: unknown) => logger.warn({ entry: id, error: String(error) }, 'audit-late'));
    const look = lookerFor(route, call, routes);
    const before = await look();
    try {
      const answer = await change();
      const changed = before === null ? null : changedParts(before, (await look()) ?? {});
      await settle({
        outcome: 'done',
        ...actorIn(route, answer),
        before: auditable(changed?.before ?? null),
        after: auditable(changed?.after ?? null),
      });
      return answer;
    } catch (error) {
      if (!(error instanceof WrongRequest)) await settle({ outcome: 'unknown', before: null, after: null });
      else if (route.access === 'anyone' && error.status === 401)
        await settle({ outcome: 'refused', before: null, after: null });
      else await audit.drop(id).catch(() => undefined);
      throw error;
    }
  };
}

/** Whether a request of the route only looks at something. */
export function changesNothing(route: Pick<ConsoleRoute, 'method' | 'name'>): boolean {
  return route.method === 'GET' || CHANGE_NOTHING.has(route.name);
}

function subjectOf(params: Readonly<Record<string, string>>): string {
  const parts = Object.entries(params).map(([name, value]) => (name === 'openid' ? shortOpenid(value) : value));
  return cleanText(shortText(parts.join('/')));
}

/** Who says they are signing in. */
function nameIn(body: unknown): string {
  const name = typeof body === 'object' && body !== null && 'name' in body ? body.name : '';
  return typeof name === 'string' ? name.trim().slice(0, 40) : '';
}

/** After a log-in the answer says who it was. */
function actorIn(route: ConsoleRoute, answer: unknown): Pick<AuditResult, 'actor'> {
  if (route.access !== 'anyone') return {};
  const { operator } = answer as { readonly operator: { readonly id: string; readonly name: string } };
  return { actor: { id: operator.id, name: operator.name } };
}

/**
 * Returns how to look at what a route changes: by the GET route of the same address or of the one above it. Null where
 * there is none, or nothing there.
 */
function lookerFor(
  route: ConsoleRoute,
  call: RawCall,
  routes: readonly ConsoleRoute[],
): () => Promise<Record<string, unknown> | null> {
  const showing = NOT_COMPARED.has(route.name) ? undefined : showingRoute(route, routes);
  return async () => {
    if (showing === undefined) return null;
    try {
      const answer = await showing.run({ ...call, query: {}, body: undefined });
      return partOf(answer, showing.name, call.params);
    } catch (error) {
      if (error instanceof WrongRequest) return null;
      throw error;
    }
  };
}

function showingRoute(route: ConsoleRoute, routes: readonly ConsoleRoute[]): ConsoleRoute | undefined {
  const named = route.path.startsWith('/payments/') || /^\/merchants\/:id(\/(stop|resume))?$/.test(route.path);
  if (named) return routes.find(({ name }) => name === 'showPayments');
  if (route.path.startsWith('/operators/:id')) return routes.find(({ name }) => name === 'listOperators');
  if (route.path === '/approval-limits') return routes.find(({ name }) => name === 'showApprovalLimits');
  if (!route.path.includes(':')) return undefined;
  const above = route.path.replace(/\/[a-z-]+$/, '');
  const found = [route.path, above].map((path) =>
    routes.find((one) => one.method === 'GET' && one.path === path && path.includes(':')),
  );
  return found.find((one) => one !== undefined);
}

/** What of an answer an operator sets. */
function partOf(
  answer: unknown,
  name: string,
  params: Readonly<Record<string, string>>,
): Record<string, unknown> | null {
  if (typeof answer !== 'object' || answer === null) return null;
  const { merchants, operators, sending, activity } = answer as Readonly<Record<string, unknown>>;
  const ofId = (lines: unknown): unknown =>
    Array.isArray(lines) ? lines.find((line: { readonly id?: unknown }) => line.id === params['id']) : undefined;
  const part = name === 'showPayments' ? (ofId(merchants) ?? sending) : (ofId(operators) ?? activity ?? answer);
  if (typeof part !== 'object' || part === null) return null;
  return Object.fromEntries(Object.entries(part).filter(([key]) => !COMES_BY_ITSELF.has(key)));
}
