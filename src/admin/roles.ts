/** What a user may do: look, give orders, or change the configuration and users. Each may do what those before it may. */
export const roles = ['viewer', 'operator', 'admin'] as const;

export type Role = (typeof roles)[number];

/**
 * Who may call a route. `anybody` needs no log-in; `user` is who has logged in, with a password that is yet to be changed as
 * well.
 */
export type Access = 'anybody' | 'user' | Role;

/** By method and path. A route that is not here is for `admin`. */
export const accessByRoute: Readonly<Record<string, Access>> = {
  'GET /v1/session': 'user',
  'POST /v1/session': 'anybody',
  'POST /v1/session/end': 'user',
  'POST /v1/session/password': 'user',

  'GET /v1/status': 'viewer',
  'GET /v1/overview': 'viewer',
  'GET /v1/sessions': 'viewer',
  'GET /v1/explain': 'viewer',
  'GET /v1/table': 'viewer',
  'GET /v1/metrics': 'viewer',
  'GET /v1/log': 'viewer',
  'GET /v1/events': 'viewer',
  'GET /v1/openapi.json': 'viewer',
  'POST /v1/plan': 'viewer',
  'POST /v1/check': 'viewer',

  'POST /v1/drain': 'operator',
  'POST /v1/halt': 'operator',
  'POST /v1/online': 'operator',
  'POST /v1/weight': 'operator',
  'POST /v1/table/set': 'operator',
  'POST /v1/table/clear': 'operator',

  'GET /v1/configuration': 'admin',
  'GET /v1/backup': 'admin',
  'GET /v1/support': 'admin',
  'POST /v1/apply': 'admin',
  'POST /v1/duplicate': 'admin',
  // It answers with all options of the service.
  'POST /v1/duplicate/check': 'admin',
  'POST /v1/servers/add': 'admin',
  'POST /v1/servers/remove': 'admin',
  'POST /v1/restore': 'admin',
  'GET /v1/users': 'admin',
  'POST /v1/users/set': 'admin',
  'POST /v1/users/remove': 'admin',
  'GET /v1/tokens': 'admin',
  'POST /v1/tokens/add': 'admin',
  'POST /v1/tokens/remove': 'admin',
};

/** Who may call a route. */
export function accessTo({ method, path }: { readonly method: string; readonly path: string }): Access {
  return accessByRoute[`${method} ${path}`] ?? 'admin';
}

/** Does a role include what another one may do? */
export function includes(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

export function isRole(value: unknown): value is Role {
  return roles.includes(value as Role);
}
