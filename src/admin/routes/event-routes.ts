import { streamRoute, type AdminRoute } from '../admin-route.ts';

/** What happens, as it happens. */
export const eventRoutes: readonly AdminRoute[] = [
  streamRoute({
    path: '/v1/events',
    method: 'GET',
    summary: 'Server-sent events: overviews, changes of state and orders. `Last-Event-ID` resumes.',
    read: () => undefined,
    begin: ({ events }, _input, { request, response }) => {
      const id = request.headers['last-event-id'];
      events.open(response, typeof id === 'string' ? id : undefined);
    },
  }),
];
