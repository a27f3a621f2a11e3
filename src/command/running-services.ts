import { SluiceError } from '../base/errors.ts';
import type { ServiceConfig } from '../config/balancer-config.ts';
import { optionChanges, showChange } from '../config/option-changes.ts';
import {
  plainForMode,
  plainService,
  type PlainConfig,
  type PlainServiceConfig,
} from '../config/plain-config.ts';
import { readConfig } from '../config/read-config.ts';
import type { ServerOptions } from '../model/server.ts';
import type { CommandContext } from './context.ts';

/** Services of the balancer as they run, orders included. @param name @default all */
export async function runningServices(
  { client }: CommandContext,
  name?: string,
): Promise<readonly PlainServiceConfig[]> {
  const { services } = (await client.get('/v1/configuration')) as PlainConfig;
  return name === undefined ? services : services.filter((service) => service.name === name);
}

/** Whether all of some services have such a server. Its weight may be another by an order, where none is asked for. */
export function hasServer(
  services: readonly PlainServiceConfig[],
  { name, host, port, weight, backup = false }: ServerOptions,
): boolean {
  const isSuch = (server: PlainServiceConfig['servers'][number]): boolean =>
    server.name === name &&
    server.host === host &&
    server.port === port &&
    server.backup === backup &&
    (weight === undefined || server.weight === weight);
  return services.length > 0 && services.every(({ servers }) => servers.some(isSuch));
}

/**
 * Whether a service runs that a copy would be. Its servers, and orders for them, may be others meanwhile.
 *
 * @param services those that run
 * @param changes what differs in the copy
 * @throws SluiceError `SLUICE_ERR_STATE` where one of that name runs otherwise
 * @throws OptionsError where the copy could not run
 */
export function hasCopy(
  services: readonly PlainServiceConfig[],
  original: string,
  changes: Partial<ServiceConfig> & { readonly name: string },
): boolean {
  const { name, mode } = changes;
  const present = services.find((service) => service.name === name);
  if (present === undefined) return false;
  const index = services.findIndex((service) => service.name === original);
  const [plain, resolved] = [services[index], readConfig({ services }).services[index]];
  if (plain === undefined || resolved === undefined) return false;
  const copy = { ...plainForMode(plain, resolved, mode ?? resolved.mode), ...changes };
  const wanted = readConfig({ services: services.map((each) => (each === present ? copy : each)) });
  const others = wanted.services
    .filter((service) => service.name === name)
    .flatMap((service) => optionChanges(plainService(service, []), { ...present, servers: [] }));
  if (others.length === 0) return true;
  const how = others.map(showChange).join('; ');
  const message = `${name} runs already, and not as this order would make it (wanted → runs): ${how}`;
  throw new SluiceError('SLUICE_ERR_STATE', message);
}
