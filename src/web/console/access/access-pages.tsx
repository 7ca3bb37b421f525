import { lazy } from 'react';
import type { ReactNode } from 'react';
import { useSession } from '../state/session.tsx';
import { programsPageOf } from '../programs/programs-pages.tsx';
import { ForbiddenPage } from './forbidden-page.tsx';

const OwnAccessPage = lazy(async () => ({ default: (await import('./own-access-page.tsx')).OwnAccessPage }));
const OperatorsPage = lazy(async () => ({ default: (await import('./operators-page.tsx')).OperatorsPage }));
const AuditPage = lazy(async () => ({ default: (await import('./audit-page.tsx')).AuditPage }));
const ApprovalsPage = lazy(async () => ({ default: (await import('./approvals-page.tsx')).ApprovalsPage }));

/** Returns the page of an address about access, audit trail or approvals; undefined for any other address. */
export function accessPageOf(path: string): ReactNode {
  if (path === '/me') return <OwnAccessPage />;
  if (path === '/approvals') return <ApprovalsPage />;
  if (path === '/team') return <Allowed permission="operators.manage" page={<OperatorsPage />} />;
  if (path === '/audit') return <Allowed permission="audit.view" page={<AuditPage />} />;
  const programs = programsPageOf(path);
  return programs === undefined ? undefined : <Allowed permission="api.manage" page={programs} />;
}

/** What a page asks for, by the beginning of its address. */
const NEEDED: readonly (readonly [RegExp, string])[] = [
  [/^\/payments\/reissues\/new/, 'payments.operate'],
  [/^\/payments/, 'payments.view'],
  [/^\/lists/, 'people.view'],
  [/^\/people/, 'people.view'],
  [/^\/activities\/new/, 'activities.edit'],
  [/^\/activities\/[^/]+\/edit/, 'activities.edit'],
];

/** Shows the page, or honestly that the role does not include it. */
export function AllowedByPath({ path, page }: { path: string; page: ReactNode }) {
  const needed = NEEDED.find(([pattern]) => pattern.test(path))?.[1];
  return needed === undefined ? page : <Allowed permission={needed} page={page} />;
}

function Allowed({ permission, page }: { permission: string; page: ReactNode }) {
  const { may } = useSession();
  return may(permission) ? page : <ForbiddenPage />;
}
