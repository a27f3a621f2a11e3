import type { OptionReader } from '../../base/options.ts';
import type { TableSelection } from '../../service/service-table.ts';
import { answerRoute, progressRoute, type Route } from '../route.ts';

/** Which table, and which of its entries. The table reads the selection. */
function readTable(reader: OptionReader): { readonly service: string; readonly selection: TableSelection } {
  const service = reader.string('service', { expected: "a service's name" });
  const client = reader.string('client', { default: undefined });
  const server = reader.string('server', { default: undefined });
  const selection = {
    ...(client === undefined ? {} : { client }),
    ...(server === undefined ? {} : { server }),
  };
  return { service, selection };
}

/** Routes to what stick tables remember. */
export const tableRoutes: readonly Route[] = [
  progressRoute({
    path: '/v1/table',
    method: 'GET',
    summary: 'The entries of a stick table: all, those of a client, or those of a server.',
    read: readTable,
    async *run({ balancer }, { service, selection }, { signal }) {
      const table = balancer.table(service);
      for await (const entry of table.entries(selection)) {
        if (signal.aborted) return undefined;
        yield entry;
      }
      return { size: table.size, capacity: table.capacity, ttlMs: table.ttlMs };
    },
  }),
  answerRoute({
    path: '/v1/table/set',
    method: 'POST',
    summary: 'Sends a client to a server from its next session on.',
    read: (reader) => ({
      service: reader.string('service', { expected: "a service's name" }),
      client: reader.string('client', { expected: 'an IP address' }),
      server: reader.string('server', { expected: "a server's name" }),
    }),
    answer: ({ balancer }, { service, client, server }) => {
      balancer.table(service).set(client, server);
    },
  }),
  answerRoute({
    path: '/v1/table/clear',
    method: 'POST',
    summary: 'Forgets entries of a stick table: all, those of a client, or those of a server.',
    read: readTable,
    answer: async ({ balancer }, { service, selection }) => ({
      cleared: await balancer.table(service).clear(selection),
    }),
  }),
];
