import type { BalancerConfig, ServiceConfig } from '../config/balancer-config.ts';
import { engineKinds, type EngineKind } from '../engine/select-engine.ts';
import { isIpAddress } from '../model/address.ts';
import type { ServerOptions } from '../model/server.ts';
import { OptionReader } from '../base/options.ts';
import { readServer, readServersBy } from '../pool/pool-options.ts';

/** The five services' ports, each 1 to 65535 (or 0 for any free one, to listen on). */
export interface InfinittPorts {
  readonly web: number;
  readonly dicom: number;
  readonly query: number;
  readonly mwl: number;
  readonly check: number;
}

/** An INFINITT node, as real server of all five services. */
export interface InfinittServer extends Omit<ServerOptions, 'port'> {
  /** Ports of this server that are not those of the services. @default the preset's `serverPorts` */
  readonly ports?: Partial<InfinittPorts>;
}

/** The deployment: its address, its servers, and ports where they are not the usual ones. */
export interface InfinittPresetOptions {
  /** The virtual IP address that all five services listen on. */
  readonly vip: string;
  /** The real servers, one or more. */
  readonly servers: readonly InfinittServer[];
  /** Ports to listen on. @default web 80, dicom 104, query 105, mwl 204, check 137 */
  readonly ports?: Partial<InfinittPorts>;
  /** Ports of the real servers, where they differ. @default those that the services listen on */
  readonly serverPorts?: Partial<InfinittPorts>;
  /** The I/O that carries the traffic. @default 'auto' */
  readonly engine?: EngineKind;
  /** Worker threads that carry it, 0 to 64; 0 for the process's own thread. @default 0 */
  readonly workers?: number;
}

/** The ports of the deployment guide. */
export const infinittPorts: InfinittPorts = Object.freeze({
  web: 80,
  dicom: 104,
  query: 105,
  mwl: 204,
  check: 137,
});

const portNames = ['web', 'dicom', 'query', 'mwl', 'check'] as const;

/** Persistence time of the appliance: 30 min. All five services share one table: a client has one server. */
const clients = { kind: 'sourceIp', ttlMs: 30 * 60_000, table: 'clients' } as const;

/** Long-lived services idle for 12 h on the appliance; an association may be silent while tapes are fetched. */
const associationIdleMs = 12 * 3_600_000;

/**
 * The five services of an INFINITT PACS deployment, as a plain configuration to inspect or edit before use:
 * web (HTTP; cookie, then source address; HEAD expects 200), DICOM, QUERY and MWL (TCP; source address;
 * connect check), and INFINITT_Check (NetBIOS name service on TCP and UDP with source NAT).
 *
 * Numbers come from the vendor's load-balancing guide 1.2.0 and the appliance's defaults; see
 * `docs/presets/infinitt.md`.
 *
 * @throws OptionsError with every problem of the options
 */
export function infinittPreset(options: InfinittPresetOptions): BalancerConfig {
  const { vip, servers, ports, serverPorts, engine, workers } = readOptions(options);
  const serversOf = (name: keyof InfinittPorts): readonly ServerOptions[] =>
    servers.map(({ ports: own, ...server }) => {
      const port = own?.[name] ?? serverPorts[name];
      return port === undefined ? server : { ...server, port };
    });

  const web: ServiceConfig = {
    name: 'INFINITT_Web',
    mode: 'http',
    host: vip,
    port: ports.web,
    servers: serversOf('web'),
    balance: { kind: 'leastConnections' },
    persistence: { kind: 'chain', of: [{ kind: 'httpCookie' }, clients] },
    healthCheck: { probe: { kind: 'http', method: 'HEAD', expectStatus: [200] } },
  };
  const dicom: ServiceConfig = {
    name: 'DICOM',
    mode: 'tcp',
    host: vip,
    port: ports.dicom,
    servers: serversOf('dicom'),
    balance: { kind: 'leastConnections' },
    persistence: clients,
    healthCheck: { probe: { kind: 'connect' } },
    idleTimeoutMs: associationIdleMs,
  };
  const query: ServiceConfig = { ...dicom, name: 'QUERY', port: ports.query, servers: serversOf('query') };
  const mwl: ServiceConfig = { ...dicom, name: 'MWL', port: ports.mwl, servers: serversOf('mwl') };
  const check: ServiceConfig = {
    name: 'INFINITT_Check',
    mode: 'tcp+udp',
    host: vip,
    port: ports.check,
    servers: serversOf('check'),
    balance: { kind: 'leastConnections' },
    persistence: clients,
    healthCheck: { probe: { kind: 'connect' } },
    // A TCP check says nothing about UDP, and most servers do not listen on TCP 137 at all.
    udp: { healthCheck: { probe: { kind: 'nodeStatus' } } },
  };
  return { engine, workers, services: [web, dicom, query, mwl, check] };
}

interface PresetFacts {
  readonly vip: string;
  readonly servers: readonly InfinittServer[];
  readonly ports: InfinittPorts;
  readonly serverPorts: Partial<InfinittPorts>;
  readonly engine: EngineKind;
  readonly workers: number;
}

function readOptions(options: InfinittPresetOptions): PresetFacts {
  const reader = new OptionReader('infinittPreset', options);
  const vip = reader.string('vip', { expected: 'the virtual IP address' });
  if (typeof vip === 'string' && vip !== '' && !isIpAddress(vip))
    reader.problem('vip', 'the virtual IP address');
  const ports = readPorts(reader.child('ports'), 0);
  const serverPorts = readPorts(reader.child('serverPorts'), 1);
  const engine = reader.oneOf('engine', engineKinds, { default: 'auto' as const });
  const workers = reader.integer('workers', { min: 0, max: 64, default: 0 });
  const servers = readServersBy(reader, readInfinittServer, 1);
  reader.finish();
  return { vip, servers, ports: { ...infinittPorts, ...ports }, serverPorts, engine, workers };
}

/** Checks a server, and returns it as it was given: without defaults it survives JSON. */
function readInfinittServer(reader: OptionReader, given: unknown): InfinittServer {
  const ports = readPorts(reader.child('ports'), 1);
  if (reader.has('port')) reader.problem('port', 'nothing: use `ports`, which has one port for each service');
  readServer(reader);
  return { ...(Object(given) as InfinittServer), ports };
}

function readPorts(reader: OptionReader, min: 0 | 1): Partial<InfinittPorts> {
  const ports: Partial<Record<keyof InfinittPorts, number>> = {};
  for (const name of portNames) {
    const port = reader.integer(name, { min, max: 65535, default: undefined });
    if (port !== undefined) ports[name] = port;
  }
  reader.refuseUnknownKeys();
  return ports;
}
