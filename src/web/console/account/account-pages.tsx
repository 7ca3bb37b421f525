import { lazy } from 'react';
import type { ReactNode } from 'react';
import type { AccountPart } from './account-page.tsx';

const AccountsPage = lazy(async () => ({ default: (await import('./accounts-page.tsx')).AccountsPage }));
const NewAccountPage = lazy(async () => ({ default: (await import('./new-account-page.tsx')).NewAccountPage }));
const AccountPage = lazy(async () => ({ default: (await import('./account-page.tsx')).AccountPage }));

const PART = /^\/accounts\/([a-z0-9-]{1,32})(?:\/(texts|replies|menu|scenes|codes|keys))?$/;

/** Returns the page of an address below /accounts; undefined for any other address. */
export function accountPageOf(path: string): ReactNode {
  if (path === '/accounts') return <AccountsPage />;
  if (path === '/accounts/new') return <NewAccountPage />;
  const [, id, part = 'texts'] = PART.exec(path) ?? [];
  return id === undefined ? undefined : <AccountPage key={id} id={id} part={part as AccountPart} />;
}
