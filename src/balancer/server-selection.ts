import { SluiceError } from '../base/errors.ts';
import { OptionReader } from '../base/options.ts';
import { readOrderer } from '../pool/orderer.ts';
import type { BaseListener } from '../listener/base-listener.ts';
import type { Service } from '../service/service.ts';

/** Which server an order is for: in one service, or in every service that has it. */
export interface ServerSelection {
  /** The server's name. */
  readonly server: string;
  /** The service's name. @default every service with a server of that name */
  readonly service?: string;
  /** Who orders it, for events: 1 to 64 letters, digits and `@ . _ -`. @default 'program' */
  readonly by?: string;
}

/**
 * Reads which server an order is for. An order that is only half understood may do harm: whatever else it states is
 * refused, with the nearest name.
 *
 * @param order its name: `halt`
 * @param further what else it may state, for others to read
 * @throws OptionsError
 */
export function readSelection(
  order: string,
  value: unknown,
  further: readonly string[] = [],
): ServerSelection & { readonly by: string } {
  const reader = new OptionReader(order, value);
  if (typeof value === 'string') reader.problem('', `an object such as { server: '${value}' }`);
  else reader.string('server', { expected: "a server's name" });
  const service = reader.string('service', { expected: "a service's name", default: undefined });
  const by = readOrderer(reader);
  for (const key of further) reader.raw(key);
  reader.finish();
  const { server } = value as ServerSelection;
  return service === undefined ? { server, by } : { server, service, by };
}

/** @throws SluiceError `SLUICE_ERR_NOT_FOUND`, naming the services there are */
export function findService(services: readonly Service[], service: string): Service {
  const found = services.find(({ name }) => name === service);
  if (found !== undefined) return found;
  const known = services.map(({ name }) => name).join(', ');
  throw new SluiceError('SLUICE_ERR_NOT_FOUND', `No service '${service}'; known services: ${known}`);
}

/** The listeners whose pools have the server. @throws SluiceError `SLUICE_ERR_NOT_FOUND`, naming the servers there are */
export function findParts(
  all: readonly Service[],
  { server, service }: ServerSelection,
): readonly BaseListener[] {
  const services = service === undefined ? all : [findService(all, service)];
  const parts = services
    .flatMap(({ listeners }) => listeners)
    .filter((part) => part.pool.get(server) !== undefined);
  if (parts.length > 0) return parts;
  const known = new Set(services.flatMap(({ servers }) => servers).map(({ name }) => name));
  throw new SluiceError(
    'SLUICE_ERR_NOT_FOUND',
    `No server '${server}'; known servers: ${[...known].join(', ')}`,
  );
}
