import { reachedPorts } from './placed-services.ts';
import type { ResolvedListenerConfig } from './resolved-config.ts';

/** 104, 2761, 2762 and 11112 as registered for DICOM by IANA; 105 and 204 are query and worklist of INFINITT PACS. */
const dicomPorts: readonly number[] = [104, 105, 204, 2761, 2762, 11_112];

/** Ports of a service, its own first, that are DICOM's by convention. */
export function dicomPortsOf(listener: ResolvedListenerConfig): readonly number[] {
  const ports = new Set([listener.port, ...reachedPorts(listener)]);
  return [...ports].filter((port) => dicomPorts.includes(port));
}
