import type { OptionReader } from '../base/options.ts';
import { describe, nearestName } from '../base/wording.ts';
import { modeOf } from '../config/modes.ts';
import type { PlacedService } from '../config/rule.ts';
import { haveAddressInCommon } from '../model/host.ts';
import type { ResolvedRunOptions } from './run-options.ts';

/**
 * Reports what is wrong with options of a run only beside each other, or beside the services of the file. A value that is
 * wrong by itself breaks no rule.
 */
export function checkRunOptions(
  run: ResolvedRunOptions,
  services: readonly PlacedService[],
  reader: OptionReader,
): void {
  const areRight = (...options: readonly string[]): boolean =>
    !reader.problems.some(({ path }) => options.some((option) => path.startsWith(option)));
  checkPaths(run, reader);
  if (areRight('services', 'accessLog')) checkNames(run, services, reader);
  if (areRight('services', 'metrics', 'admin')) checkPorts(run, services, reader);
}

/** Two that write one file would destroy what the other one has written. */
function checkPaths(
  { control, snapshotFile, accessLog, admin }: ResolvedRunOptions,
  reader: OptionReader,
): void {
  const paths = new Map<unknown, string>();
  const places = [
    ['control.path', control && control.path],
    ['snapshotFile.path', snapshotFile && snapshotFile.path],
    ['accessLog.to', accessLog && accessLog.to],
    ['admin.auditFile', admin && admin.auditFile],
  ] as const;
  for (const [option, path] of places) {
    if (typeof path !== 'string') continue;
    const other = paths.get(path);
    if (other !== undefined) reader.problem(option, 'a path of its own', `that of ${other}`);
    paths.set(path, option);
  }
}

/** A log of a service that is misspelt would be empty. */
function checkNames(
  { accessLog }: ResolvedRunOptions,
  services: readonly PlacedService[],
  reader: OptionReader,
): void {
  const names = services.map(({ service }) => service.name);
  const wanted = accessLog === false ? [] : (accessLog.services ?? []);
  for (const [index, name] of wanted.entries()) {
    if (names.includes(name)) continue;
    const nearest = nearestName(name, names);
    const hint = nearest === undefined ? `one of ${names.join(', ')}` : `'${nearest}'`;
    reader.problem(`accessLog.services[${index}]`, `a service of this file, such as ${hint}`, describe(name));
  }
}

/** Two cannot listen on one port, unless their addresses differ. */
function checkPorts(
  { metrics, admin }: ResolvedRunOptions,
  services: readonly PlacedService[],
  reader: OptionReader,
): void {
  const taken = services.flatMap(({ service: { name, listeners } }) =>
    listeners
      .filter(({ mode }) => modeOf(mode).transport === 'tcp')
      .map(({ host, port }) => ({ host, port, by: `service '${name}'` })),
  );
  for (const [option, place] of [
    ['metrics', metrics],
    ['admin', admin],
  ] as const) {
    if (place === false || place.port === 0) continue;
    const { host, port } = place;
    const taker = taken.find((one) => one.port === port && haveAddressInCommon(one.host, host));
    if (taker !== undefined)
      reader.problem(`${option}.port`, 'a port that no service uses', `${port}, which ${taker.by} uses`);
    taken.push({ host, port, by: option });
  }
}
