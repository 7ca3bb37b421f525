import type { Role } from './ports/operators.ts';

/** What a route of the console may ask for. */
export type Permission =
  | 'activities.view'
  | 'activities.edit'
  | 'activities.publish'
  | 'people.view'
  | 'money.view'
  | 'payments.view'
  | 'payments.operate';

/**
 * Who may do what: the one place that says so. `people.view` shows who drew what, with openids. `payments.view` shows
 * merchants, queues and what was not paid yet (openids shortened without `people.view`); `payments.operate` stops and
 * resumes sending, changes merchants' settings, retries payouts and asks for or decides re-issues.
 */
const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  owner: [
    'activities.view',
    'activities.edit',
    'activities.publish',
    'people.view',
    'money.view',
    'payments.view',
    'payments.operate',
  ],
  operator: ['activities.view', 'activities.edit', 'activities.publish', 'people.view', 'payments.view'],
  finance: ['activities.view', 'people.view', 'money.view', 'payments.view', 'payments.operate'],
  support: ['activities.view', 'people.view', 'payments.view'],
  viewer: ['activities.view', 'payments.view'],
};

/** Returns everything a role may do. */
export function permissionsOf(role: Role): readonly Permission[] {
  return GRANTS[role];
}
