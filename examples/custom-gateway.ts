/**
 * A gateway from primitives: three services over one pair of archives, with two persistence strategies of its own.
 *
 * Departments have fixed address ranges; each range has a home archive, and falls back on the source address
 * table while that archive cannot serve it. On the web a header of the request says which site asks. The web servers
 * listen on 11180 and 11181. Run: `npx tsx examples/custom-gateway.ts`
 */
import {
  HealthCheck,
  Listener,
  Pool,
  chain,
  connectProbe,
  httpCookie,
  leastConnections,
  sourceIp,
  type Client,
  type Persistence,
  type PersistenceStrategy,
} from 'sluice';

/** Sends each department to its home archive. Remembers nothing, so there is nothing to learn or to forget. */
class HomeArchive implements PersistenceStrategy {
  readonly reason = 'home-archive';
  readonly needs = ['address'] as const;
  readonly #homes: ReadonlyMap<number, string>;

  /** @param homes archives by the third number of a department's IPv4 addresses */
  constructor(homes: ReadonlyMap<number, string>) {
    this.#homes = homes;
  }

  lookup({ address }: Client): string | undefined {
    return address.isV4 ? this.#homes.get((address.w3 >>> 8) & 255) : undefined;
  }

  learn(): void {
    // A home is a matter of configuration.
  }

  forget(): void {
    // The same.
  }
}

function homeArchive(homes: ReadonlyMap<number, string>): Persistence {
  return { name: 'homeArchive', strategies: [new HomeArchive(homes)] };
}

/** Sends each site to its home archive. The proxy of a site says in `X-Site` which one it is. */
class HomeOfSite implements PersistenceStrategy {
  readonly reason = 'home-of-site';
  readonly needs = ['header:X-Site'] as const;
  readonly #homes: ReadonlyMap<string, string>;

  /** @param homes archives by site */
  constructor(homes: ReadonlyMap<string, string>) {
    this.#homes = homes;
  }

  lookup(client: Client): string | undefined {
    return this.#homes.get(client.header('X-Site') ?? '');
  }

  learn(): void {
    // A home is a matter of configuration.
  }

  forget(): void {
    // The same.
  }
}

function homeOfSite(homes: ReadonlyMap<string, string>): Persistence {
  return { name: 'homeOfSite', strategies: [new HomeOfSite(homes)] };
}

const [host = '127.0.0.1', port = '11104'] = process.argv.slice(2);

const dicom = new Listener({
  name: 'DICOM',
  host,
  port: Number(port),
  mode: 'tcp',
  pool: new Pool({
    servers: [
      { name: 'ARCHIVE_A', host: '127.0.0.1', port: 11112 },
      { name: 'ARCHIVE_B', host: '127.0.0.1', port: 11113 },
      { name: 'ARCHIVE_SPARE', host: '127.0.0.1', port: 11114, backup: true },
    ],
    balance: leastConnections(),
    healthCheck: new HealthCheck({ probe: connectProbe(), intervalMs: 1000, fall: 2 }),
  }),
  persistence: chain(
    homeArchive(
      new Map([
        [0, 'ARCHIVE_A'],
        [7, 'ARCHIVE_B'],
      ]),
    ),
    sourceIp({ ttlMs: 30 * 60_000 }),
  ),
  idleTimeoutMs: 12 * 3_600_000,
});
const query = dicom.duplicate({ name: 'QUERY', port: nextPort(1) });

const web = new Listener({
  name: 'WEB',
  host,
  port: nextPort(2),
  mode: 'http',
  pool: new Pool({
    servers: [
      { name: 'ARCHIVE_A', host: '127.0.0.1', port: 11180 },
      { name: 'ARCHIVE_B', host: '127.0.0.1', port: 11181 },
    ],
  }),
  persistence: chain(
    homeOfSite(
      new Map([
        ['north', 'ARCHIVE_A'],
        ['south', 'ARCHIVE_B'],
      ]),
    ),
    httpCookie(),
  ),
});

// `query` tells what happens through the emitter that it shares with `dicom`.
for (const service of [dicom, web]) {
  service.on('decisionMade', ({ service, client, server, reason }) => {
    console.log(`${service}: ${client} goes to ${server ?? 'nobody'} (${reason})`);
  });
  service.on('serverHealthChanged', ({ service, server, current, reason }) => {
    console.log(`${service}: ${server} is ${current}: ${reason}`);
  });
}

const services = [dicom, query, web];
await Promise.all(services.map((service) => service.start()));
console.log(
  `${services.map(({ name, host, port }) => `${name} on ${host}:${port}`).join(', ')}; Ctrl+C ends`,
);

process.once('SIGINT', stop).once('SIGTERM', stop);

function stop(): void {
  void Promise.all(services.map((service) => service.stop({ graceMs: 5000 })));
}

/** The port of a further service; 0 takes any. */
function nextPort(further: number): number {
  return Number(port) === 0 ? 0 : Number(port) + further;
}
