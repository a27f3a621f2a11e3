import { isPlain } from '../base/plain-data.ts';
import type { ServiceConfig } from '../config/balancer-config.ts';
import { modeNames } from '../config/modes.ts';

export const copyModes: readonly ServiceConfig['mode'][] = [...modeNames(), 'tcp+udp'];
export const copyPersistences = ['sourceIp', 'httpCookie', 'none'] as const;
export const copyProbes = ['connect', 'http', 'nodeStatus'] as const;

/** What differs in a copy of a service. */
export interface CopyFlags {
  readonly name: string;
  readonly port: number;
  readonly mode?: ServiceConfig['mode'];
  readonly persistence?: (typeof copyPersistences)[number];
  readonly probe?: (typeof copyProbes)[number];
}

/**
 * The options that differ in a copy, with as much of the original as can be: its table where it has one, and how often
 * and how long it checks.
 *
 * @param original as plain data; what is wrong or missing in it is told when the copy is made
 */
export function changesOfCopy(
  original: object | undefined,
  { name, port, mode, persistence, probe }: CopyFlags,
): Partial<ServiceConfig> & { readonly name: string } {
  const present = Object(original) as Readonly<Record<string, unknown>>;
  const healthCheck = Object(present['healthCheck']) as Readonly<Record<string, unknown>>;
  const changes = {
    name,
    port,
    ...(mode === undefined ? {} : { mode }),
    ...(persistence === undefined
      ? {}
      : { persistence: ofKind(persistence, linksOf(present['persistence'])) }),
    ...(probe === undefined
      ? {}
      : { healthCheck: { ...healthCheck, probe: ofKind(probe, [healthCheck['probe']]) } }),
  };
  return changes as Partial<ServiceConfig> & { readonly name: string };
}

function linksOf(persistence: unknown): readonly unknown[] {
  const { of } = Object(persistence) as { readonly of?: unknown };
  return Array.isArray(of) ? of : [persistence];
}

/** The spec of a kind among those that there are; otherwise one with its defaults. */
function ofKind(kind: string, specs: readonly unknown[]): unknown {
  return specs.find((spec) => isPlain(spec) && spec['kind'] === kind) ?? { kind };
}
