import type { Role } from './ports/operators.ts';

/** What a route of the console may ask for. */
export type Permission = 'activities.view' | 'activities.edit' | 'activities.publish' | 'people.view' | 'money.view';

/** Who may do what: the one place that says so. `people.view` shows who drew what, with openids. */
const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  owner: ['activities.view', 'activities.edit', 'activities.publish', 'people.view', 'money.view'],
  operator: ['activities.view', 'activities.edit', 'activities.publish', 'people.view'],
  finance: ['activities.view', 'people.view', 'money.view'],
  support: ['activities.view', 'people.view'],
  viewer: ['activities.view'],
};

/** Returns everything a role may do. */
export function permissionsOf(role: Role): readonly Permission[] {
  return GRANTS[role];
}
