import { includes, type Access, type Role } from '../roles.ts';
import type { LogIn } from './log-ins.ts';

/** Who calls, and how that was proved. */
export interface AdminCaller {
  readonly user: string;
  readonly role: Role;
  readonly via: 'log-in' | 'token';
  /** For events and logs. */
  readonly by: string;
  readonly mustChangePassword: boolean;
  /** Undefined for a token. */
  readonly logIn: LogIn | undefined;
}

/** Why a caller may not call a route; undefined where it may. */
export function whyNot(caller: AdminCaller, access: Access): string | undefined {
  if (access === 'anybody' || access === 'user') return undefined;
  if (caller.mustChangePassword) return 'Change the password first';
  return includes(caller.role, access) ? undefined : `This needs the role '${access}'`;
}
