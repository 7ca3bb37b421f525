import type { Permission } from '../../src/flows/permissions.ts';
import { permissionsOf, scopes } from '../../src/flows/permissions.ts';
import type { Role } from '../../src/flows/ports/operators.ts';
import { apiRouteTable } from '../../src/http/routes/api-routes.ts';
import { consoleRouteTable } from '../../src/http/routes/console.ts';
import type { Access, ConsoleRoute } from '../../src/http/routes/console-route.ts';

export const PERMISSIONS_DOCUMENT = new URL('../../docs/permissions.md', import.meta.url);
export const ROLES: readonly Role[] = ['owner', 'operator', 'finance', 'support', 'viewer'];

const MEANINGS: Readonly<Record<Permission, string>> = {
  'activities.view': 'See activities, their versions and numbers',
  'activities.edit': 'Make, change and try drafts',
  'activities.publish': 'Publish, pause, stop; ask for what a second person confirms',
  'activities.batch': 'Let a list of people draw, send packets to a file of people',
  'activities.export': 'Take draws, awards, payouts and people away as files',
  'people.view': 'See who drew what, with openids',
  'people.erase': 'Take a person’s data out, and erase it',
  'people.list': 'Change lists of people, the blacklist among them',
  'account.view': 'See accounts, replies, menus and scene codes',
  'account.edit': 'Change texts, keyword replies, menus, scene codes, pictures',
  'account.secrets': 'Add accounts and merchants, change their keys and links',
  'codes.edit': 'Make pools of one-time codes',
  'codes.reveal': 'See the one voucher of an award',
  'codes.export': 'Take a pool of codes away as a file',
  'money.view': 'See books and balances',
  'payments.view': 'See merchants, queues and what was not paid',
  'payments.operate': 'Stop and resume sending, retry and re-issue payouts, set merchants',
  'operators.manage': 'Say who works here, and from which amounts on two people do',
  'audit.view': 'Read the audit trail',
  'approvals.decide': 'Confirm what waits for a second person',
  'api.manage': 'Make and revoke tokens, and say where events are told',
};

const INTRODUCTION = `# Permissions

Who may do what in the console and its API. The server asks for these on every request; what the console shows follows from
them. This page is written by \`npm run docs:permissions\`; a test calls every route below as every role and compares.

Roles are given under Team in the console, or by \`npm run cli -- operator:create <name> --role <role>\`. A token for another program
may do what its scopes say and whoever made it may still do, and nothing that is kept for people.`;

/** One route with who may call it, as the page says it. */
export interface RouteLine {
  readonly method: string;
  readonly path: string;
  readonly access: string;
  readonly roles: readonly Role[];
  readonly token: boolean;
}

/** Returns the page: each permission with its roles, then each route. */
export function permissionsDocument(): string {
  const table = routesOf();
  return `${[INTRODUCTION, '## Roles', rolesTable(), '## Routes', ROUTES_LEAD, routesTable(table)].join('\n\n')}\n`;
}

/** Returns the console's routes without anything that serves them. */
export function routesOf(): readonly ConsoleRoute[] {
  return consoleRouteTable(hollow as Parameters<typeof consoleRouteTable>[0]);
}

const ROUTES_LEAD = `Paths stand below \`/api/console\`. A route that is open to tokens stands below \`/api/v1\` too.`;

/** Returns the lines of the table of routes, out of the written page. */
export function readRouteLines(text: string): readonly RouteLine[] {
  const lines = text.slice(text.indexOf('## Routes')).split('\n');
  return lines.flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const [method, path] = (cells[1] ?? '').replaceAll('`', '').split(' ');
    if (method === undefined || path?.startsWith('/') !== true) return [];
    const roles = ROLES.filter((role) => (cells[3] ?? '').split(', ').includes(role));
    const access = (cells[2] ?? '').replaceAll('`', '');
    return [{ method, path, access, roles: cells[3] === 'all' ? ROLES : roles, token: cells[4] === 'yes' }];
  });
}

function rolesTable(): string {
  const permissions = Object.keys(MEANINGS) as Permission[];
  const rows = permissions.map((permission) => [
    `\`${permission}\``,
    MEANINGS[permission],
    ...ROLES.map((role) => (permissionsOf(role).includes(permission) ? 'yes' : '')),
    scopes.some((scope) => scope === permission) ? 'yes' : '',
  ]);
  return drawTable(['Permission', 'What for', ...ROLES, 'as a token’s scope'], rows);
}

function routesTable(table: readonly ConsoleRoute[]): string {
  const forTokens = new Set(apiRouteTable(table).map(({ name }) => name));
  const rows = table.map(({ name, method, path, access }) => [
    `\`${method} ${path}\``,
    access === 'anyone' || access === 'signed-in' ? access : `\`${access}\``,
    rolesOf(access),
    forTokens.has(name) ? 'yes' : '',
  ]);
  return drawTable(['Route', 'Asks for', 'Roles', 'Tokens'], rows);
}

function rolesOf(access: Access): string {
  if (access === 'anyone') return 'nobody signed in';
  const granted = ROLES.filter((role) => access === 'signed-in' || permissionsOf(role).includes(access));
  return granted.length === ROLES.length ? 'all' : granted.join(', ');
}

function drawTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const wide = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0), 3));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(wide[column] ?? 0)).join(' | ')} |`;
  return [line(heads), line(wide.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** The table of routes is made of what serves them; to be described, none of it is needed. */
const hollow: unknown = new Proxy(() => undefined, {
  get: (_target, name) => (name === Symbol.iterator ? none : hollow),
});

function* none(): Generator<never> {}
