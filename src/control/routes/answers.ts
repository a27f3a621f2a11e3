import type { OptionReader } from '../../base/options.ts';
import type { PlainConfig } from '../../config/plain-config.ts';
import { answerRoute, type Route } from '../route.ts';

/** A configuration in the body; the balancer reads what is in it. */
export function readConfiguration(reader: OptionReader): PlainConfig {
  if (!reader.has('configuration')) reader.problem('configuration', 'a configuration');
  return reader.raw('configuration') as PlainConfig;
}

/** Routes that say how things stand, and change nothing. */
export const answerRoutes: readonly Route[] = [
  answerRoute({
    path: '/v1/status',
    method: 'GET',
    summary: 'The process, its engine, its configuration file and what it does beside.',
    read: () => undefined,
    answer: ({ balancer, startedAtMs, file, about }) => {
      const { name, reason } = balancer.engine;
      return {
        ...{ pid: process.pid, node: process.version, startedAtMs, file },
        engine: { name, reason },
        ...about(),
      };
    },
  }),
  answerRoute({
    path: '/v1/overview',
    method: 'GET',
    summary: 'The System Overview: every service and server now.',
    read: () => undefined,
    answer: ({ balancer }) => balancer.overview(),
  }),
  answerRoute({
    path: '/v1/configuration',
    method: 'GET',
    summary: 'The present configuration, orders and duplicates included.',
    read: () => undefined,
    answer: ({ balancer }) => balancer.config,
  }),
  answerRoute({
    path: '/v1/plan',
    method: 'POST',
    summary: 'What `apply` would do with a configuration.',
    read: readConfiguration,
    answer: ({ balancer }, configuration) => balancer.plan(configuration),
  }),
  answerRoute({
    path: '/v1/sessions',
    method: 'GET',
    summary: 'Who is connected now, the longest first.',
    read: (reader) => ({
      service: reader.string('service', { default: undefined }),
      server: reader.string('server', { default: undefined }),
    }),
    answer: ({ balancer }, { service, server }) =>
      balancer.sessions({
        ...(service === undefined ? {} : { service }),
        ...(server === undefined ? {} : { server }),
      }),
  }),
  answerRoute({
    path: '/v1/explain',
    method: 'GET',
    summary: 'Where the next session of a client goes in every service, and why.',
    read: (reader: OptionReader) => reader.string('client', { expected: 'an IP address' }),
    answer: ({ balancer }, client) => Object.fromEntries(balancer.explain(client)),
  }),
];
