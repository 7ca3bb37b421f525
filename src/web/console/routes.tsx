import { lazy, Suspense } from 'react';
import type { OpenState } from '../../http/contract/console-payments.ts';
import { accessPageOf, AllowedByPath } from './access/access-pages.tsx';
import { accountPageOf } from './account/account-pages.tsx';
import { moneyPageOf } from './money/money-pages.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { payoutPlaceOf } from './payments/payout-address.ts';
import { usePath } from './state/navigation.tsx';

// One chunk a page, so that the list opens without waiting for the editor.
const ActivitiesPage = lazy(async () => ({ default: (await import('./pages/activities-page.tsx')).ActivitiesPage }));
const TemplatesPage = lazy(async () => ({ default: (await import('./pages/templates-page.tsx')).TemplatesPage }));
const NewActivityPage = lazy(async () => ({
  default: (await import('./pages/new-activity-page.tsx')).NewActivityPage,
}));
const EditActivityPage = lazy(async () => ({
  default: (await import('./pages/edit-activity-page.tsx')).EditActivityPage,
}));
const PaymentsPage = lazy(async () => ({ default: (await import('./payments/payments-page.tsx')).PaymentsPage }));
const PayoutsPage = lazy(async () => ({ default: (await import('./payments/payouts-page.tsx')).PayoutsPage }));
const PayoutPage = lazy(async () => ({ default: (await import('./payments/payouts-page.tsx')).PayoutPage }));
const TrialPage = lazy(async () => ({ default: (await import('./payments/trial-page.tsx')).TrialPage }));
const ShopPaymentsPage = lazy(async () => ({
  default: (await import('./payments/shop-payments-page.tsx')).ShopPaymentsPage,
}));
const NoticeKeysPage = lazy(async () => ({
  default: (await import('./payments/notice-keys-page.tsx')).NoticeKeysPage,
}));
const ReissuesPage = lazy(async () => ({ default: (await import('./payments/reissues-page.tsx')).ReissuesPage }));
const NewReissuePage = lazy(async () => ({
  default: (await import('./payments/new-reissue-page.tsx')).NewReissuePage,
}));
const ReissuePage = lazy(async () => ({ default: (await import('./payments/reissue-page.tsx')).ReissuePage }));
const ReconciliationPage = lazy(async () => ({
  default: (await import('./payments/reconciliation-page.tsx')).ReconciliationPage,
}));
const NumbersPage = lazy(async () => ({ default: (await import('./numbers/numbers-page.tsx')).NumbersPage }));
const FindPeoplePage = lazy(async () => ({
  default: (await import('./people/find-people-page.tsx')).FindPeoplePage,
}));
const PersonPage = lazy(async () => ({ default: (await import('./people/person-page.tsx')).PersonPage }));
const ListsPage = lazy(async () => ({ default: (await import('./people/lists-page.tsx')).ListsPage }));
const ListPage = lazy(async () => ({ default: (await import('./people/list-page.tsx')).ListPage }));
const ActivityPage = lazy(async () => ({ default: (await import('./pages/activity-page.tsx')).ActivityPage }));

/** Shows the page of the address. */
export function Routes() {
  const path = usePath();
  return <Suspense fallback={null}>{accessPageOf(path) ?? <AllowedByPath path={path} page={pageOf(path)} />}</Suspense>;
}

function pageOf(path: string) {
  if (path === '/' || path === '/login') return <ActivitiesPage />;
  if (path === '/activities/new') return <TemplatesPage />;
  if (path.startsWith('/payments')) return paymentsPageOf(path.slice('/payments'.length));
  if (path === '/numbers') return <NumbersPage />;
  if (path.startsWith('/accounts')) return accountPageOf(path) ?? <NotFoundPage />;
  if (path.startsWith('/people')) return peoplePageOf(path.slice('/people'.length));
  if (path === '/lists') return <ListsPage />;
  const [, account, list] = /^\/lists\/([a-z0-9-]{1,32})\/([a-z0-9-]{1,32})$/.exec(path) ?? [];
  if (account !== undefined && list !== undefined) {
    return <ListPage key={`${account}/${list}`} account={account} list={list} />;
  }
  const template = /^\/activities\/new\/([a-z-]+)$/.exec(path)?.[1];
  if (template !== undefined) return <NewActivityPage key={template} template={template} />;
  const [, id, edit, step] = /^\/activities\/([0-9a-f]{32})(\/edit(?:\/([a-z]+))?)?$/.exec(path) ?? [];
  if (id === undefined) return <NotFoundPage />;
  return edit === undefined ? <ActivityPage key={id} id={id} /> : <EditActivityPage key={id} id={id} step={step} />;
}

function peoplePageOf(path: string) {
  if (path === '') return <FindPeoplePage />;
  const [, account, openid] = /^\/([a-z0-9-]{1,32})\/([\w:-]{1,64})$/.exec(path) ?? [];
  if (account === undefined || openid === undefined) return <NotFoundPage />;
  return <PersonPage key={path} accountId={account} openid={openid} />;
}

function paymentsPageOf(path: string) {
  const money = moneyPageOf(path);
  if (money !== undefined) return money;
  if (path === '') return <PaymentsPage />;
  if (path === '/trial') return <TrialPage />;
  if (path === '/shop') return <ShopPaymentsPage />;
  if (path === '/shop/keys') return <NoticeKeysPage />;
  if (path === '/reissues') return <ReissuesPage />;
  if (path === '/reissues/new') return <NewReissuePage />;
  const place = payoutPlaceOf(path);
  if (place !== null) return <PayoutPage key={path} place={place} />;
  const [, state] = /^\/payouts\/(waiting|unknown|parked|dead)$/.exec(path) ?? [];
  if (state !== undefined) return <PayoutsPage key={state} state={state as OpenState} />;
  const [, reissue] = /^\/reissues\/([0-9a-z-]{1,64})$/.exec(path) ?? [];
  if (reissue !== undefined) return <ReissuePage key={reissue} id={reissue} />;
  const [all, day] = /^\/reconciliation(?:\/(\d{4}-\d\d-\d\d))?$/.exec(path) ?? [];
  return all === undefined ? <NotFoundPage /> : <ReconciliationPage day={day} />;
}
