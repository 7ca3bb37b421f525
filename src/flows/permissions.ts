import type { Operator, Role } from './ports/operators.ts';

/** What a route of the console may ask for. */
export type Permission =
  | 'activities.view'
  | 'activities.edit'
  | 'activities.publish'
  | 'activities.batch'
  | 'activities.export'
  | 'people.view'
  | 'people.erase'
  | 'people.list'
  | 'account.view'
  | 'account.edit'
  | 'account.secrets'
  | 'codes.edit'
  | 'codes.reveal'
  | 'codes.export'
  | 'money.view'
  | 'payments.view'
  | 'payments.operate'
  | 'operators.manage'
  | 'audit.view'
  | 'approvals.decide'
  | 'api.manage';

/**
 * Who may do what: the one place that says so. `activities.batch` lets lists of people draw. `activities.export` takes draws, awards, payouts and people away as files. `people.view` shows who drew what, with openids; `people.list`
 * changes lists of people. `payments.view` shows
 * merchants, queues and what was not paid yet (openids shortened without `people.view`); `payments.operate` stops and
 * resumes sending, changes merchants' settings, retries payouts and asks for or decides re-issues. `account.edit` sets
 * texts, keyword replies, menu and scene codes; `codes.edit` makes pools of one-time codes, `codes.reveal` shows the one
 * voucher of an award, `codes.export` a whole pool; `account.secrets` adds accounts and changes their keys and links.
 * `operators.manage` says who works here, `audit.view` reads the audit trail, `approvals.decide` confirms what waits for a
 * second person. `api.manage` makes and revokes tokens for other programs, and says where events are told.
 */
const GRANTS: Readonly<Record<Role, readonly Permission[]>> = {
  owner: [
    'activities.view',
    'activities.edit',
    'activities.publish',
    'activities.batch',
    'activities.export',
    'people.view',
    'people.erase',
    'people.list',
    'account.view',
    'account.edit',
    'account.secrets',
    'codes.edit',
    'codes.reveal',
    'codes.export',
    'money.view',
    'payments.view',
    'payments.operate',
    'operators.manage',
    'audit.view',
    'approvals.decide',
    'api.manage',
  ],
  operator: [
    'activities.view',
    'activities.edit',
    'activities.publish',
    'activities.batch',
    'activities.export',
    'people.view',
    'people.list',
    'account.view',
    'account.edit',
    'codes.edit',
    'payments.view',
  ],
  finance: [
    'activities.view',
    'activities.export',
    'people.view',
    'account.view',
    'codes.reveal',
    'codes.export',
    'money.view',
    'payments.view',
    'payments.operate',
    'audit.view',
    'approvals.decide',
  ],
  support: [
    'activities.view',
    'people.view',
    'people.erase',
    'people.list',
    'account.view',
    'codes.reveal',
    'payments.view',
  ],
  viewer: ['activities.view', 'account.view', 'payments.view'],
};

/** Returns everything a role may do. */
export function permissionsOf(role: Role): readonly Permission[] {
  return GRANTS[role];
}

/**
 * What a token of the API may be given. What it leaves out is for people alone: keys and accounts, operators, the audit
 * trail, tokens themselves, and the second person's word.
 */
export const scopes = [
  'activities.view',
  'activities.edit',
  'activities.publish',
  'activities.batch',
  'people.view',
  'people.erase',
  'people.list',
  'account.view',
  'account.edit',
  'codes.edit',
  'codes.reveal',
  'codes.export',
  'money.view',
  'payments.view',
  'payments.operate',
] as const satisfies readonly Permission[];

/** Whether somebody may: by their role, and through a token only within its scopes. */
export function may(operator: Pick<Operator, 'role' | 'scopes'>, permission: Permission): boolean {
  const inScope = operator.scopes === undefined || operator.scopes.includes(permission);
  return inScope && permissionsOf(operator.role).includes(permission);
}
