import type { Overview } from '../../balancer/overview.ts';
import type { ServerSelection } from '../../balancer/server-selection.ts';
import { progressRoute, type Route } from '../route.ts';
import { untilSettled } from '../until-settled.ts';
import { readConfiguration } from './answers.ts';
import { readSelected } from './orders.ts';

/** How often a caller who waits is told. */
const tellEveryMs = 1000;

/** Routes that take their time and say how far they are. */
export const progressRoutes: readonly Route[] = [
  progressRoute({
    path: '/v1/drain',
    method: 'POST',
    summary: 'Takes no new clients to a server, and tells which sessions are left.',
    read: (reader) => ({
      ...readSelected(reader),
      deadlineMs: reader.limit('deadlineMs', { min: 0, max: 2 ** 31 - 1, default: Infinity }),
      quietForMs: reader.integer('quietForMs', { min: 0, max: 2 ** 31 - 1, default: 0 }),
      then: reader.oneOf('then', ['drain', 'halt'], { default: 'drain' as const }),
    }),
    async *run({ balancer, clock }, order, { by, signal }) {
      const drained = balancer.drain({ ...order, by });
      const left = (): unknown => ({ sessions: sessionsOn(balancer.overview(), order) });
      const outcomes = yield* untilSettled(drained, clock, tellEveryMs, signal, left);
      return outcomes === undefined ? undefined : Object.fromEntries(outcomes);
    },
  }),
  progressRoute({
    path: '/v1/apply',
    method: 'POST',
    summary: 'Makes another configuration the present one, and waits for the sessions of what it replaces.',
    read: (reader) => ({
      configuration: readConfiguration(reader),
      graceMs: reader.limit('graceMs', { min: 0, max: 2 ** 31 - 1, default: 30_000 }),
    }),
    async *run({ balancer, clock }, { configuration, graceMs }, { signal }) {
      let serves = false;
      const onServing = (): void => {
        serves = true;
      };
      const applied = balancer.apply(configuration, { graceMs, onServing });
      const left = (): unknown => ({ serves, sessions: balancer.overview().replacedSessions });
      return yield* untilSettled(applied, clock, tellEveryMs, signal, left);
    },
  }),
];

/** Sessions of a server, by service. */
function sessionsOn(overview: Overview, { server, service }: ServerSelection): Record<string, number> {
  const sessions: Record<string, number> = {};
  for (const { name, listeners } of overview.services) {
    if (service !== undefined && service !== name) continue;
    const here = listeners.flatMap(({ servers }) => servers).filter((each) => each.name === server);
    if (here.length > 0) sessions[name] = here.reduce((sum, each) => sum + each.sessions, 0);
  }
  return sessions;
}
