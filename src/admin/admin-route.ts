import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OptionReader } from '../base/options.ts';
import type { Clock } from '../runtime/runtime.ts';
import type { EventFeed } from './events/event-feed.ts';
import type { AdminCaller } from './users/caller.ts';
import type { Gatekeeper } from './users/gatekeeper.ts';
import type { LogIns } from './users/log-ins.ts';
import type { PasswordHasher } from './users/password-hasher.ts';
import type { UserStore } from './users/user-store.ts';

/** What routes of the administration are about, besides the balancer. */
export interface AdminSubject {
  readonly clock: Clock;
  readonly store: UserStore;
  readonly hasher: PasswordHasher;
  readonly logIns: LogIns;
  readonly gatekeeper: Gatekeeper;
  readonly events: EventFeed;
}

/** One call of a route. */
export interface AdminCall {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The IP address that it comes from. */
  readonly address: string;
}

/** A call by somebody who is known. */
export interface KnownCall extends AdminCall {
  readonly caller: AdminCaller;
}

interface CommonAdminRoute<Input> {
  /** Exact, without a query. */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** One sentence, for lists of routes. */
  readonly summary: string;
  readonly read: (reader: OptionReader) => Input;
}

/** A route for everybody who has logged in. */
export interface OwnRoute<Input> extends CommonAdminRoute<Input> {
  readonly kind: 'own';
  readonly answer: (subject: AdminSubject, input: Input, call: KnownCall) => unknown;
}

/** A route that needs no log-in. */
export interface OpenRoute<Input> extends CommonAdminRoute<Input> {
  readonly kind: 'open';
  readonly answer: (subject: AdminSubject, input: Input, call: AdminCall) => unknown;
}

/** A route that goes on answering: server-sent events. */
export interface StreamRoute<Input> extends CommonAdminRoute<Input> {
  readonly kind: 'stream';
  readonly begin: (subject: AdminSubject, input: Input, call: KnownCall) => void;
}

/** A route that the control socket has not. */
export type AdminRoute = OwnRoute<unknown> | OpenRoute<unknown> | StreamRoute<unknown>;

/** Keeps the type of a route's input between its reader and its answer. */
export function ownRoute<Input>(route: Omit<OwnRoute<Input>, 'kind'>): AdminRoute {
  return { kind: 'own', ...route } as AdminRoute;
}

/** As {@link ownRoute}. */
export function openRoute<Input>(route: Omit<OpenRoute<Input>, 'kind'>): AdminRoute {
  return { kind: 'open', ...route } as AdminRoute;
}

/** As {@link ownRoute}. */
export function streamRoute<Input>(route: Omit<StreamRoute<Input>, 'kind'>): AdminRoute {
  return { kind: 'stream', ...route } as AdminRoute;
}
