import { lazy } from 'react';
import type { ReactNode } from 'react';
import { ForbiddenPage } from '../access/forbidden-page.tsx';
import { useSession } from '../state/session.tsx';

const DoctorPage = lazy(async () => ({ default: (await import('./doctor-page.tsx')).DoctorPage }));
const FinancePage = lazy(async () => ({ default: (await import('./finance-page.tsx')).FinancePage }));
const IssuesPage = lazy(async () => ({ default: (await import('./issues-page.tsx')).IssuesPage }));
const IssuePage = lazy(async () => ({ default: (await import('./issue-page.tsx')).IssuePage }));

/** Returns the page below `/payments` about packets by file, the set-up check or finance; undefined for any other address. */
export function moneyPageOf(path: string): ReactNode {
  if (path === '/doctor') return <DoctorPage />;
  if (path === '/finance') return <WithMoney page={<FinancePage />} />;
  if (path === '/issues') return <IssuesPage />;
  const [, account, id] = /^\/issues\/([a-z0-9-]{1,32})\/([0-9a-f]{32})$/.exec(path) ?? [];
  if (account === undefined || id === undefined) return undefined;
  return <IssuePage key={id} account={account} id={id} />;
}

function WithMoney({ page }: { page: ReactNode }) {
  const { may } = useSession();
  return may('money.view') ? page : <ForbiddenPage />;
}
