import { lazy } from 'react';
import type { ReactNode } from 'react';

const TokensPage = lazy(async () => ({ default: (await import('./tokens-page.tsx')).TokensPage }));
const WebhooksPage = lazy(async () => ({ default: (await import('./webhooks-page.tsx')).WebhooksPage }));
const DeliveriesPage = lazy(async () => ({ default: (await import('./deliveries-page.tsx')).DeliveriesPage }));

/** Returns the page of an address about other programs; undefined for any other address. */
export function programsPageOf(path: string): ReactNode {
  if (path === '/programs') return <TokensPage />;
  if (path === '/programs/webhooks') return <WebhooksPage />;
  const [, account, id] = /^\/programs\/webhooks\/([a-z0-9-]{1,32})\/([\w-]{1,64})$/.exec(path) ?? [];
  return account === undefined || id === undefined ? undefined : (
    <DeliveriesPage key={path} account={account} id={id} />
  );
}
