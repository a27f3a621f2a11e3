import type { OptionReader } from '../../base/options.ts';
import { isPlain } from '../../base/plain-data.ts';
import type { Probe } from '../probe.ts';
import {
  ConnectProbe,
  readConnectProbe,
  type ConnectProbeOptions,
  type ResolvedConnectProbeOptions,
} from './connect-probe.ts';
import {
  makeExternalProbe,
  readExternalProbe,
  type ExternalProbeOptions,
  type ResolvedExternalProbeOptions,
} from './external-probe.ts';
import {
  HttpProbe,
  readHttpProbe,
  type HttpProbeOptions,
  type ResolvedHttpProbeOptions,
} from './http-probe.ts';
import {
  NodeStatusProbe,
  readNodeStatusProbe,
  type NodeStatusProbeOptions,
  type ResolvedNodeStatusProbeOptions,
} from './node-status-probe.ts';

/** A probe as plain data: `{ kind: 'http', path: '/status' }`. */
export type ProbeSpec =
  | ({ readonly kind: 'connect' } & ConnectProbeOptions)
  | ({ readonly kind: 'http' } & HttpProbeOptions)
  | ({ readonly kind: 'external' } & ExternalProbeOptions)
  | ({ readonly kind: 'nodeStatus' } & NodeStatusProbeOptions);

/** {@link ProbeSpec}, complete. */
export type ResolvedProbeSpec =
  | ({ readonly kind: 'connect' } & ResolvedConnectProbeOptions)
  | ({ readonly kind: 'http' } & ResolvedHttpProbeOptions)
  | ({ readonly kind: 'external' } & ResolvedExternalProbeOptions)
  | ({ readonly kind: 'nodeStatus' } & ResolvedNodeStatusProbeOptions);

const standIn: ResolvedProbeSpec = { kind: 'connect', port: undefined };

/** Reads a spec, or the probe that stands in its place. */
export function readProbe(parent: OptionReader, key: string): ResolvedProbeSpec | Probe {
  const live = parent.live(key, isLiveProbe);
  if (live !== undefined) return live;
  const reader = parent.child(key, {
    expected: "a probe spec such as { kind: 'connect' }, or a probe",
    isRequired: true,
  });
  const spec = reader.variant<ResolvedProbeSpec['kind'], ResolvedProbeSpec>('kind', {
    connect: (of) => ({ kind: 'connect', ...readConnectProbe(of) }),
    http: (of) => ({ kind: 'http', ...readHttpProbe(of) }),
    external: (of) => ({ kind: 'external', ...readExternalProbe(of) }),
    nodeStatus: (of) => ({ kind: 'nodeStatus', ...readNodeStatusProbe(of) }),
  });
  if (spec !== undefined) reader.refuseUnknownKeys();
  return Object.freeze(spec ?? standIn);
}

/** The probe that a spec describes; a live one as it is. */
export function makeProbe(spec: ResolvedProbeSpec | Probe): Probe {
  if (isLiveProbe(spec)) return spec;
  switch (spec.kind) {
    case 'connect':
      return new ConnectProbe(spec);
    case 'http':
      return new HttpProbe(spec);
    case 'external':
      return makeExternalProbe(spec);
    case 'nodeStatus':
      return new NodeStatusProbe(spec);
  }
}

/** An own object with `kind` and `check`; a spec of an external check also has both, but is plain. */
export function isLiveProbe(value: unknown): value is Probe {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, check } = value as Partial<Probe>;
  if (typeof kind !== 'string' || typeof check !== 'function') return false;
  return kind !== 'external' || !isPlain(value);
}
