import type { OptionProblem } from '../../base/errors.ts';
import { OptionReader } from '../../base/options.ts';
import type { Probe } from '../probe.ts';
import { readConnectProbe, type ConnectProbeOptions } from './connect-probe.ts';
import { readExternalProbe, type ExternalProbeOptions } from './external-probe.ts';
import { readHttpProbe, type HttpProbeOptions } from './http-probe.ts';
import { readNodeStatusProbe, type NodeStatusProbeOptions } from './node-status-probe.ts';

/** A probe as plain data: `{ kind: 'http', path: '/status' }`. */
export type ProbeSpec =
  | ({ readonly kind: 'connect' } & ConnectProbeOptions)
  | ({ readonly kind: 'http' } & HttpProbeOptions)
  | ({ readonly kind: 'external' } & ExternalProbeOptions)
  | ({ readonly kind: 'nodeStatus' } & NodeStatusProbeOptions);

const readers = {
  connect: readConnectProbe,
  http: readHttpProbe,
  external: readExternalProbe,
  nodeStatus: readNodeStatusProbe,
} as const satisfies Record<ProbeSpec['kind'], (reader: OptionReader) => Probe>;

const kinds = Object.keys(readers) as ProbeSpec['kind'][];

/**
 * A live probe, or the one that a spec describes.
 *
 * @returns undefined where a problem was added
 */
export function probeFrom(value: unknown, path: string, problems: OptionProblem[]): Probe | undefined {
  if (isLiveProbe(value)) return value;
  const problemsBefore = problems.length;
  const reader = new OptionReader(path, value, problems);
  if (problems.length > problemsBefore) return undefined;
  const kind = reader.oneOf('kind', kinds);
  if (problems.length > problemsBefore) return undefined;
  const probe = readers[kind](reader);
  reader.refuseUnknownKeys();
  return problems.length > problemsBefore ? undefined : probe;
}

/** An own object with `kind` and `check`; a spec of an external check also has both, but is plain. */
export function isLiveProbe(value: unknown): value is Probe {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, check } = value as Partial<Probe>;
  if (typeof kind !== 'string' || typeof check !== 'function') return false;
  return kind !== 'external' || Object.getPrototypeOf(value) !== Object.prototype;
}
