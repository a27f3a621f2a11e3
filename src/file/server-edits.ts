import { SluiceError } from '../base/errors.ts';
import type { ServiceConfig } from '../config/balancer-config.ts';
import type { PlainServiceConfig } from '../config/plain-config.ts';
import type { AdminState } from '../model/server.ts';
import type { ConfigEdit } from './config-edit.ts';
import type { ConfigFile } from './config-file.ts';
import { statedServer } from './running-servers.ts';

/** A service, and where it stands in the list. */
type Numbered = readonly [index: number, service: ServiceConfig];

/** Which server: in one service, or in all that have it. */
export interface ServerChoice {
  readonly server: string;
  /** @default all services that have the server */
  readonly service?: string | undefined;
}

/** Edits that change options of a server, its weight and its admin state for example. */
export function setServerEdits(
  file: ConfigFile,
  choice: ServerChoice,
  options: { readonly weight?: number; readonly adminState?: AdminState },
): readonly ConfigEdit[] {
  return placesOf(file, choice).flatMap((path) =>
    Object.entries(options).map(([name, value]) => ({ path: [...path, name], value })),
  );
}

/**
 * Edits that add a server as it runs.
 *
 * @param running services that run; only those that have it get it, and only where the file has it not yet
 * @returns nothing where the file has it already
 * @throws SluiceError `SLUICE_ERR_NOT_FOUND` for a service that is not in the file
 */
export function addServerEdits(
  file: ConfigFile,
  { server, service }: ServerChoice,
  running: readonly PlainServiceConfig[],
): readonly ConfigEdit[] {
  return servicesOf(file, service).flatMap(([index, { name, servers }]) => {
    const added = running.find((each) => each.name === name)?.servers.find((each) => each.name === server);
    if (added === undefined || servers.some((each) => each.name === server)) return [];
    return [{ path: ['services', index, 'servers', servers.length], value: statedServer(added) }];
  });
}

/** Edits that remove a server. @throws SluiceError `SLUICE_ERR_NOT_FOUND` for an unknown server or service */
export function removeServerEdits(file: ConfigFile, choice: ServerChoice): readonly ConfigEdit[] {
  return placesOf(file, choice).map((path) => ({ path, remove: true }));
}

/** Where a server stands. */
function placesOf(
  file: ConfigFile,
  { server, service }: ServerChoice,
): readonly (readonly (string | number)[])[] {
  const services = servicesOf(file, service);
  const places = services.flatMap(([index, { servers }]) => {
    const at = servers.findIndex(({ name }) => name === server);
    return at < 0 ? [] : [['services', index, 'servers', at]];
  });
  if (places.length > 0) return places;
  const known = new Set(services.flatMap(([, { servers }]) => servers.map(({ name }) => name)));
  throw notFound('server', server, [...known]);
}

/** One service, or all. */
export function servicesOf({ value }: ConfigFile, name?: string): readonly Numbered[] {
  const all = [...value.services.entries()];
  if (name === undefined) return all;
  const one = all.filter(([, service]) => service.name === name);
  if (one.length > 0) return one;
  throw notFound(
    'service',
    name,
    all.map(([, service]) => service.name),
  );
}

function notFound(what: string, name: string, known: readonly string[]): SluiceError {
  return new SluiceError('SLUICE_ERR_NOT_FOUND', `No ${what} '${name}'; there are: ${known.join(', ')}`);
}
