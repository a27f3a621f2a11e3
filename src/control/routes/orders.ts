import type { OptionReader } from '../../base/options.ts';
import type { ServerSelection } from '../../balancer/server-selection.ts';
import type { ServiceConfig } from '../../config/balancer-config.ts';
import { readServer } from '../../pool/pool-options.ts';
import { answerRoute, type Route } from '../route.ts';

const expectedServer = "a server's name";
const expectedService = "a service's name";
const changedService = {
  definition: 'changes',
  expected: 'options of the copy, its `name` among them',
} as const;

/** Which server an order is for, from a reader that stands at the order. */
export function readSelected(reader: OptionReader): ServerSelection {
  const server = reader.string('server', { expected: expectedServer });
  const service = readService(reader);
  return service === undefined ? { server } : { server, service };
}

/** Which service is copied, and what differs in the copy. */
export function readCopy(reader: OptionReader): {
  readonly service: string;
  readonly changes: Partial<ServiceConfig> & { readonly name: string };
} {
  const service = reader.string('service', { expected: expectedService });
  // The options of a service are read by the balancer.
  return { service, changes: reader.unread('changes', changedService) as { readonly name: string } };
}

function readService(reader: OptionReader): string | undefined {
  return reader.string('service', { expected: expectedService, default: undefined });
}

/** Orders that are carried out at once. `drain` is not among them: it takes its time. */
export const orderRoutes: readonly Route[] = [
  answerRoute({
    path: '/v1/halt',
    method: 'POST',
    summary: 'Sends no client to a server; sessions under way go on.',
    read: readSelected,
    answer: ({ balancer }, order, { by }) => {
      balancer.halt({ ...order, by });
    },
  }),
  answerRoute({
    path: '/v1/online',
    method: 'POST',
    summary: 'Takes a server back into use.',
    read: readSelected,
    answer: ({ balancer }, order, { by }) => {
      balancer.online({ ...order, by });
    },
  }),
  answerRoute({
    path: '/v1/weight',
    method: 'POST',
    summary: "Changes a server's share of new clients.",
    read: (reader) => ({
      ...readSelected(reader),
      weight: reader.integer('weight', { min: 0, max: 256 }),
    }),
    answer: ({ balancer }, order, { by }) => {
      balancer.setWeight({ ...order, by });
    },
  }),
  answerRoute({
    path: '/v1/duplicate',
    method: 'POST',
    summary: 'Adds a copy of a service under another name, with some options changed.',
    read: readCopy,
    answer: ({ balancer }, { service, changes }) => balancer.duplicate(service, changes),
  }),
  answerRoute({
    path: '/v1/servers/add',
    method: 'POST',
    summary: 'Adds a server to a service, or to all.',
    read: (reader) => {
      const server = reader.object('server', { definition: 'server', isRequired: true }, readServer);
      const service = readService(reader);
      return service === undefined ? { server } : { server, service };
    },
    answer: ({ balancer }, order, { by }) => balancer.addServer({ ...order, by }),
  }),
  answerRoute({
    path: '/v1/servers/remove',
    method: 'POST',
    summary: 'Removes a server; its sessions go on.',
    read: readSelected,
    answer: ({ balancer }, order, { by }) => balancer.removeServer({ ...order, by }),
  }),
];
