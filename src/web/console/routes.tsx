import { lazy, Suspense } from 'react';
import { NotFoundPage } from './pages/not-found-page.tsx';
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
const ActivityPage = lazy(async () => ({ default: (await import('./pages/activity-page.tsx')).ActivityPage }));

/** Shows the page of the address. */
export function Routes() {
  const path = usePath();
  return <Suspense fallback={null}>{pageOf(path)}</Suspense>;
}

function pageOf(path: string) {
  if (path === '/' || path === '/login') return <ActivitiesPage />;
  if (path === '/activities/new') return <TemplatesPage />;
  const template = /^\/activities\/new\/([a-z-]+)$/.exec(path)?.[1];
  if (template !== undefined) return <NewActivityPage key={template} template={template} />;
  const [, id, edit, step] = /^\/activities\/([0-9a-f]{32})(\/edit(?:\/([a-z]+))?)?$/.exec(path) ?? [];
  if (id === undefined) return <NotFoundPage />;
  return edit === undefined ? <ActivityPage key={id} id={id} /> : <EditActivityPage key={id} id={id} step={step} />;
}
