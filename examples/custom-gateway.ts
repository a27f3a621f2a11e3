/**
 * A gateway from primitives: two services over one pair of archives, with a persistence strategy of its own.
 *
 * Departments have fixed address ranges; each range has a home archive, and falls back on the source address
 * table while that archive cannot serve it. Run: `npx tsx examples/custom-gateway.ts`
 */
import {
  HealthCheck,
  Listener,
  Pool,
  chain,
  connectProbe,
  leastConnections,
  sourceIp,
  type Client,
  type Persistence,
  type PersistenceStrategy,
} from 'sluice';

/** Sends each department to its home archive. Remembers nothing, so there is nothing to learn or to forget. */
class HomeArchive implements PersistenceStrategy {
  readonly reason = 'home-archive';
  readonly needs = 'address';
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
const query = dicom.duplicate({ name: 'QUERY', port: Number(port) === 0 ? 0 : Number(port) + 1 });

dicom.on('decisionMade', ({ service, client, server, reason }) => {
  console.log(`${service}: ${client} goes to ${server ?? 'nobody'} (${reason})`);
});
dicom.on('serverHealthChanged', ({ service, server, current, reason }) => {
  console.log(`${service}: ${server} is ${current}: ${reason}`);
});

await Promise.all([dicom.start(), query.start()]);
console.log(`DICOM on ${dicom.host}:${dicom.port}, QUERY on ${query.host}:${query.port}; Ctrl+C ends`);

process.once('SIGINT', stop).once('SIGTERM', stop);

function stop(): void {
  void Promise.all([dicom.stop({ graceMs: 5000 }), query.stop({ graceMs: 5000 })]);
}
