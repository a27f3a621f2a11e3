import { drainProgress, type DrainProgress } from '../drain-progress.ts';
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
    summary:
      'Takes no new clients to a server, and tells which sessions are left, and which of them are UDP flows.',
    read: (reader) => ({
      ...readSelected(reader),
      deadlineMs: reader.limit('deadlineMs', { min: 0, max: 2 ** 31 - 1, default: Infinity }),
      quietForMs: reader.integer('quietForMs', { min: 0, max: 2 ** 31 - 1, default: 0 }),
      then: reader.oneOf('then', ['drain', 'halt'], { default: 'drain' as const }),
    }),
    async *run({ balancer, clock }, order, { by, signal }) {
      const drained = balancer.drain({ ...order, by });
      const left = (): DrainProgress => drainProgress(balancer.overview(), balancer.config, order);
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
    async *run({ balancer, clock }, { configuration, graceMs }, { by, signal }) {
      let serves = false;
      const onServing = (): void => {
        serves = true;
      };
      const applied = balancer.apply(configuration, { graceMs, onServing, by });
      const left = (): unknown => ({ serves, sessions: balancer.overview().replacedSessions });
      return yield* untilSettled(applied, clock, tellEveryMs, signal, left);
    },
  }),
];
