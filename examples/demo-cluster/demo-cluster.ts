import { DemoServer, demoServiceNames, type DemoPorts } from './demo-server.ts';
import { canListen, findFreePorts } from './free-ports.ts';

export interface DemoClusterOptions {
  /** How many servers, 1 to 50. @default 3 */
  readonly count?: number;
  /** Addresses on which the chosen port numbers must be free too: where a balancer is going to listen. */
  readonly vips?: readonly string[];
  /** Ports of every server, instead of free ones; only where each server has an address of its own. */
  readonly ports?: DemoPorts;
  /** Puts all servers on 127.0.0.1. @default only where the system has no other loopback addresses */
  readonly singleHost?: boolean;
  /** As in `DemoServerOptions`. */
  readonly calledAe?: string;
  readonly date?: string;
}

/** Several INFINITT-like servers in this process. */
export interface DemoCluster {
  readonly servers: readonly DemoServer[];
  /**
   * True where every server has an address of its own, and so all have the same port number for a service:
   * a balanced service then needs no port of its servers. Otherwise each server has its own ports.
   */
  readonly hasSharedPorts: boolean;
  stop(): Promise<void>;
}

const firstHostNumber = 11;
const maxServers = 50;
/** Between the choice of ports and the start another process may take one. */
const maxStarts = 5;

/**
 * Starts the demo cluster: INF_PACS1, INF_PACS2, … on 127.0.0.11, 127.0.0.12, … where the system has these
 * addresses (Linux, Windows), else on 127.0.0.1 with ports of their own.
 *
 * @throws RangeError for a count out of range; Error where no ports are free
 */
export async function startDemoCluster(options: DemoClusterOptions = {}): Promise<DemoCluster> {
  const count = options.count ?? 3;
  if (!Number.isInteger(count) || count < 1 || count > maxServers) {
    throw new RangeError(`count: expected an integer from 1 to ${maxServers}, got ${count}`);
  }
  const ownHosts = Array.from({ length: count }, (_, index) => `127.0.0.${firstHostNumber + index}`);
  const hasSharedPorts =
    options.singleHost !== true &&
    (await Promise.all(ownHosts.map((host) => canListen(host, 0)))).every(Boolean);
  const hosts = hasSharedPorts ? ownHosts : ownHosts.map(() => '127.0.0.1');
  for (let start = 1; ; start++) {
    const ports = await choosePorts(hosts, hasSharedPorts, options);
    const servers = hosts.map((host, index) => newServer(index, host, ports[index], options));
    try {
      for (const server of servers) await server.start();
      return { servers, hasSharedPorts, stop: () => stopAll(servers) };
    } catch (error) {
      await stopAll(servers);
      if (start === maxStarts || options.ports !== undefined) throw error;
    }
  }
}

async function choosePorts(
  hosts: readonly string[],
  shared: boolean,
  options: DemoClusterOptions,
): Promise<readonly DemoPorts[]> {
  const given = options.ports;
  if (given !== undefined) return hosts.map(() => given);
  const perServer = demoServiceNames.length;
  const numbers = await findFreePorts(
    [...hosts, ...(options.vips ?? [])],
    shared ? perServer : perServer * hosts.length,
  );
  return hosts.map((_, index) => portsFrom(numbers.slice(shared ? 0 : index * perServer)));
}

function portsFrom([web = 0, dicom = 0, query = 0, mwl = 0, check = 0]: readonly number[]): DemoPorts {
  return { web, dicom, query, mwl, check };
}

function newServer(
  index: number,
  host: string,
  ports: DemoPorts | undefined,
  { calledAe, date }: DemoClusterOptions,
): DemoServer {
  return new DemoServer({
    name: `INF_PACS${index + 1}`,
    host,
    ports: ports ?? portsFrom([]),
    ...(calledAe === undefined ? {} : { calledAe }),
    ...(date === undefined ? {} : { date }),
  });
}

async function stopAll(servers: readonly DemoServer[]): Promise<void> {
  await Promise.all(servers.map((server) => server.kill()));
}
