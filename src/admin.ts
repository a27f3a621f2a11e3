export { Admin, type AdminOptions } from './admin/admin.ts';
export type { AdminServerOptions, CertificateFiles } from './admin/admin-options.ts';
export { roles, type Role } from './admin/roles.ts';
export type { Authenticate, Credentials } from './admin/users/gatekeeper.ts';
