import type { PlainServiceConfig } from '../config/plain-config.ts';
import type { ServerOptions } from '../model/server.ts';
import type { ServerSelection } from './server-selection.ts';

/** Which server is added, and where. */
export interface ServerAddition {
  readonly server: ServerOptions;
  /** The service's name. @default every service */
  readonly service?: string;
  /** Who orders it, for events: 1 to 64 letters, digits and `@ . _ -`. @default 'program' */
  readonly by?: string;
}

/** The services with one more server. */
export function withServer(
  services: readonly PlainServiceConfig[],
  { server, service }: ServerAddition,
): readonly PlainServiceConfig[] {
  return services.map((each) =>
    service === undefined || each.name === service
      ? { ...each, servers: [...each.servers, server as PlainServiceConfig['servers'][number]] }
      : each,
  );
}

/** The services without a server. */
export function withoutServer(
  services: readonly PlainServiceConfig[],
  { server, service }: ServerSelection,
): readonly PlainServiceConfig[] {
  return services.map((each) =>
    service === undefined || each.name === service
      ? { ...each, servers: each.servers.filter(({ name }) => name !== server) }
      : each,
  );
}
