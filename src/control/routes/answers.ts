import type { OptionReader } from '../../base/options.ts';
import type { PlainConfig } from '../../config/plain-config.ts';
import { AddressBlock } from '../../model/address-block.ts';
import { isOfClient } from '../../records/log-entry.ts';
import { explainClient } from '../client-explanation.ts';
import type { ControlOverview } from '../file-comparison.ts';
import { answerRoute, type ControlSubject, type Route } from '../route.ts';

/** A configuration in the body; the balancer reads what is in it. */
export function readConfiguration(reader: OptionReader): PlainConfig {
  const rule = { definition: 'configuration', expected: 'a configuration' } as const;
  return reader.unread('configuration', rule) as PlainConfig;
}

/** Which clients are meant, by address; undefined for all. */
export function readClients(reader: OptionReader): AddressBlock | undefined {
  const expected = 'an IP address, or the leading bits of one such as 10.1.0.0/16';
  const text = reader.string('client', { expected, default: undefined });
  const block = text === undefined ? undefined : AddressBlock.parse(text);
  if (text !== undefined && block === undefined) reader.problem('client', expected);
  return block;
}

/** The System Overview, and what runs otherwise than the file says. */
export async function overviewOf({ balancer, comparison }: ControlSubject): Promise<ControlOverview> {
  const file = await comparison?.now();
  return { ...balancer.overview(), ...(file === undefined ? {} : { file }) };
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
    summary: 'The System Overview: every service and server now, and what runs otherwise than the file says.',
    read: () => undefined,
    answer: overviewOf,
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
    isQuestion: true,
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
      clients: readClients(reader),
    }),
    answer: async ({ balancer }, { service, server, clients }) => {
      const sessions = await balancer.sessions({
        ...(service === undefined ? {} : { service }),
        ...(server === undefined ? {} : { server }),
      });
      return sessions.filter(({ client }) => clients === undefined || isOfClient(clients, client));
    },
  }),
  answerRoute({
    path: '/v1/explain',
    method: 'GET',
    summary: 'Where the next session of a client goes in every service, why, since when and until when.',
    read: (reader: OptionReader) => reader.string('client', { expected: 'an IP address' }),
    answer: ({ balancer }, client) => explainClient(balancer, client),
  }),
];
