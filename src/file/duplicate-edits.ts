import type { ValuePath } from '../base/edit.ts';
import { isPlain } from '../base/plain-data.ts';
import type { ServiceConfig } from '../config/balancer-config.ts';
import {
  plainForMode,
  type PlainConfig,
  type PlainServer,
  type PlainServiceConfig,
} from '../config/plain-config.ts';
import type { ConfigEdit } from './config-edit.ts';
import type { ConfigFile } from './config-file.ts';
import { rawValue } from './file-node.ts';
import { serversAsTheyRun } from './running-servers.ts';
import { servicesOf } from './server-edits.ts';

/**
 * Edits that add a copy of a service under another name, as `balancer.duplicate` does. The copy states what the file states
 * of the original, variables included, and shares its tables: one without a name gets that of the service.
 *
 * @param changes options that differ in the copy
 * @param running the servers of the copy as they run: orders that the file has not of the original are in it. @default those of
 * the file
 * @throws SluiceError `SLUICE_ERR_NOT_FOUND` for an unknown service
 */
export function duplicateEdits(
  file: ConfigFile,
  service: string,
  changes: Partial<ServiceConfig> & { readonly name: string },
  running?: readonly PlainServer[],
): readonly ConfigEdit[] {
  const index = indexOf(file, service);
  const services = statedServices(file);
  const original = services[index];
  const unnamed = unnamedTables(original?.['persistence'], ['persistence']);
  const names = freeNames(service, unnamed.length, tablesOf(services));
  const tablesAt = (of: number): readonly ConfigEdit[] =>
    unnamed.map((path, place) => ({ path: ['services', of, ...path, 'table'], value: names[place] }));
  const resolved = file.config.services[index];
  const isOtherMode = original !== undefined && resolved !== undefined && changes.mode !== undefined;
  const kept = isOtherMode ? plainForMode(original, resolved, changes.mode) : original;
  const inFile = resolved?.listeners[0].pool.servers ?? [];
  const servers = running && serversAsTheyRun(original?.servers ?? [], inFile, running);
  const value = { ...kept, ...changes, ...(servers === undefined ? {} : { servers }) };
  const copy = { path: ['services', services.length], value };
  if (changes.persistence !== undefined) return [copy];
  return [...tablesAt(index), copy, ...tablesAt(services.length)];
}

/** What the file states of a service, before variables and units are put in. @throws as `duplicateEdits` */
export function statedService(file: ConfigFile, service: string): object | undefined {
  return statedServices(file)[indexOf(file, service)];
}

function indexOf(file: ConfigFile, service: string): number {
  const [[index] = [0]] = servicesOf(file, service);
  return index;
}

function statedServices({ document, value }: ConfigFile): readonly PlainServiceConfig[] {
  const { services } = (document === undefined ? value : rawValue(document.root)) as PlainConfig;
  return services;
}

/** Where specs of tables stand that have no name. */
function unnamedTables(spec: unknown, path: ValuePath): readonly ValuePath[] {
  if (!isPlain(spec)) return [];
  if (spec['kind'] === 'sourceIp') return spec['table'] === undefined ? [path] : [];
  const { of } = spec;
  if (!Array.isArray(of)) return [];
  return of.flatMap((link: unknown, index) => unnamedTables(link, [...path, 'of', index]));
}

/** Every name that a table has. */
function tablesOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = isPlain(value) && value['kind'] === 'sourceIp' ? [value['table']] : [];
  return [...own, ...Object.values(value).flatMap(tablesOf)];
}

function freeNames(base: string, count: number, taken: readonly unknown[]): readonly string[] {
  const names: string[] = [];
  for (let more = 1; names.length < count; more++) {
    const name = more === 1 ? base : `${base}-${more}`;
    if (!taken.includes(name)) names.push(name);
  }
  return names;
}
