import { routes } from '../control/routes.ts';
import type { Route } from '../control/route.ts';
import { ownRoute, type AdminRoute } from './admin-route.ts';
import { describeRoutes } from './openapi/describe-routes.ts';
import { eventRoutes } from './routes/event-routes.ts';
import { logInRoutes } from './routes/log-in-routes.ts';
import { userRoutes } from './routes/user-routes.ts';

const openapiRoute = ownRoute({
  path: '/v1/openapi.json',
  method: 'GET',
  summary: 'This description of all routes.',
  read: () => undefined,
  answer: () => describeRoutes(adminRoutes),
});

const ownRoutes: readonly AdminRoute[] = [...logInRoutes, ...eventRoutes, ...userRoutes, openapiRoute];

/** Every route under the page: those of the control socket, where there is no other one of the same path, and more. */
export const adminRoutes: readonly (AdminRoute | Route)[] = [
  ...ownRoutes,
  ...routes.filter(({ path }) => ownRoutes.every((own) => own.path !== path)),
];

/** A route, and the methods of its path. */
export interface FoundRoute {
  readonly route: AdminRoute | Route | undefined;
  /** None where there is no such path. */
  readonly methods: readonly string[];
}

/** @param path exact: nothing of it is decoded */
export function findAdminRoute(method: string, path: string): FoundRoute {
  const found = adminRoutes.filter((route) => route.path === path);
  return {
    route: found.find((route) => route.method === method),
    methods: found.map((route) => route.method),
  };
}
