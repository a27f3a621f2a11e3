import type { Finding } from '../../../../src/base/finding.ts';

/** Services in which one rule finds something, and no other rule does. */
export interface FiringCase {
  readonly what: string;
  readonly services: readonly object[];
  readonly workers?: number;
  /** What the finding has to say. */
  readonly finds: Partial<Omit<Finding, 'message'>> & { readonly message?: unknown };
}

/** What shows that a rule finds what it should, and nothing else. */
export interface RuleCases {
  readonly fires: readonly [FiringCase, ...FiringCase[]];
  /** Near misses: services in which no rule finds anything. */
  readonly passes: readonly [PassingCase, ...PassingCase[]];
}

export interface PassingCase {
  readonly what: string;
  readonly services: readonly object[];
  readonly workers?: number;
}

export const vip = '192.168.85.150';
export const servers = [
  { name: 'INF_PACS1', host: '192.168.85.200' },
  { name: 'INF_PACS2', host: '192.168.85.201' },
] as const;
export const clients = { kind: 'sourceIp', ttlMs: 1_800_000, table: 'clients' } as const;
export const cookieThenClients = { kind: 'chain', of: [{ kind: 'httpCookie' }, clients] } as const;
export const connectCheck = { probe: { kind: 'connect' } } as const;
export const headCheck = { probe: { kind: 'http', method: 'HEAD' } } as const;

/** A DICOM service that is as it should be, but for the changes. */
export function dicom(changes: object = {}): object {
  const basics = { name: 'DICOM', mode: 'tcp', host: vip, port: 104, servers };
  return { ...basics, persistence: clients, healthCheck: connectCheck, ...changes };
}

/** The same for queries. */
export function query(changes: object = {}): object {
  return dicom({ name: 'QUERY', port: 105, ...changes });
}

/** A web service that is as it should be, but for the changes. */
export function web(changes: object = {}): object {
  const basics = { name: 'WEB', mode: 'http', host: vip, port: 80, servers };
  return { ...basics, persistence: cookieThenClients, healthCheck: headCheck, ...changes };
}

/** A name service over UDP that is as it should be, but for the changes. */
export function names(changes: object = {}): object {
  const basics = { name: 'NAMES', mode: 'udp', host: vip, port: 137, servers };
  return { ...basics, persistence: clients, healthCheck: { probe: { kind: 'nodeStatus' } }, ...changes };
}

/** The same servers, each with something more. */
export function serversWith(more: object): readonly object[] {
  return servers.map((server) => ({ ...server, ...more }));
}
