import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { AdminState, Server, ServerOptions } from '../../../src/model/server.ts';
import type { Persistence, PersistenceStrategy } from '../../../src/persistence/persistence.ts';
import { sourceIp, type SourceIp } from '../../../src/persistence/source-ip.ts';
import { Lease } from '../../../src/pool/lease.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import { numberedClient, seededRandom } from '../../support/policies.ts';
import { TestService } from '../../support/test-service.ts';

const ttlMs = 60_000;
/** A part of the time to live: a session that short has no entry renewed. */
const momentMs = ttlMs / 100;
const probeMs = 1000;
const names = ['s0', 's1', 's2', 's3'];
const serviceNames = ['DICOM', 'QUERY'];
const clientCount = 6;

/** One thing that happens. Numbers choose among what there is then. */
type Step =
  | { readonly kind: 'connect'; readonly service: number; readonly client: number }
  | { readonly kind: 'connected' | 'connectFails' | 'ends'; readonly session: number }
  | { readonly kind: 'goesDown' | 'comesUp'; readonly service: number; readonly server: number }
  | {
      readonly kind: 'order';
      readonly service: number;
      readonly server: number;
      readonly adminState: AdminState;
    }
  | { readonly kind: 'weight'; readonly service: number; readonly server: number; readonly weight: number }
  | { readonly kind: 'remove' | 'add'; readonly service: number; readonly server: number }
  | { readonly kind: 'passes'; readonly ms: number };

const service = fc.nat(serviceNames.length - 1);
const server = fc.nat(names.length - 1);
const session = fc.nat(20);

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: connectStep(), weight: 8 },
  {
    arbitrary: fc.record({
      kind: fc.constantFrom('connected' as const, 'connectFails' as const, 'ends' as const),
      session,
    }),
    weight: 8,
  },
  {
    arbitrary: fc.record({ kind: fc.constantFrom('goesDown' as const, 'comesUp' as const), service, server }),
    weight: 2,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('order' as const),
      service,
      server,
      adminState: fc.constantFrom<AdminState>('online', 'drain', 'halt'),
    }),
    weight: 3,
  },
  fc.record({ kind: fc.constant('weight' as const), service, server, weight: fc.constantFrom(0, 1, 5) }),
  fc.record({ kind: fc.constantFrom('remove' as const, 'add' as const), service, server }),
  {
    arbitrary: fc.record({
      kind: fc.constant('passes' as const),
      ms: fc.constantFrom(1, 5_000, ttlMs - 1, ttlMs),
    }),
    weight: 2,
  },
);

function connectStep(): fc.Arbitrary<Step> {
  return fc.record({ kind: fc.constant('connect' as const), service, client: fc.nat(clientCount - 1) });
}

/** May a server get work at all, whoever asks? */
function isUsable({ adminState, health, ejected }: Server): boolean {
  return adminState !== 'halt' && health !== 'down' && !ejected;
}

/** Whom a client may get that nothing is remembered of: ejected servers only where no other is left. */
function mayChooseAmong(servers: readonly Server[], tried: readonly Server[]): readonly Server[] {
  const left = servers.filter(
    (server) =>
      server.adminState === 'online' &&
      server.weight > 0 &&
      server.health !== 'down' &&
      !tried.includes(server),
  );
  const inUse = left.filter((server) => !server.ejected);
  return inUse.length > 0 ? inUse : left;
}

/** What a stick table is for: client by client the server last used; the one not seen for longest goes first. */
class ReferenceTable {
  readonly #entries = new Map<number, { readonly server: string; readonly usedMs: number }>();
  readonly #maxEntries: number;

  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  find(client: number, nowMs: number): string | undefined {
    const entry = this.#entries.get(client);
    return entry !== undefined && nowMs - entry.usedMs < ttlMs ? entry.server : undefined;
  }

  learn(client: number, server: string, nowMs: number): void {
    this.#entries.delete(client);
    this.#entries.set(client, { server, usedMs: nowMs });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#maxEntries && oldest !== undefined) this.#entries.delete(oldest);
  }

  forget(client: number, server: string): void {
    if (this.#entries.get(client)?.server === server) this.#entries.delete(client);
  }

  renew(client: number, server: string, nowMs: number): void {
    if (this.#entries.get(client)?.server === server) this.learn(client, server, nowMs);
  }

  /** For how long the client's entry still counts, if it names that server; undefined where it does not. */
  restMs(client: number, server: string, nowMs: number): number | undefined {
    const entry = this.#entries.get(client);
    return entry?.server === server ? entry.usedMs + ttlMs - nowMs : undefined;
  }
}

interface Session {
  readonly service: TestService;
  readonly client: number;
  readonly lease: Lease;
  isConnected: boolean;
}

/** Two services that share their clients' servers, driven as data paths would; every step is checked. */
class History {
  readonly seen = new Set<string>();
  readonly #clock = new VirtualClock();
  readonly #maxEntries: number;
  readonly #persistence: SourceIp;
  readonly #table: ReferenceTable;
  readonly #services: readonly TestService[];
  readonly #sessions: Session[] = [];
  /** Every server that there ever was. */
  readonly #servers = new Set<Server>();

  constructor(maxEntries: number, seed: number) {
    this.#maxEntries = maxEntries;
    this.#persistence = sourceIp({ ttlMs, maxEntries });
    this.#table = new ReferenceTable(maxEntries);
    const persistence = withRenewals(this.#persistence, (client, server, nowMs) => {
      this.seen.add('renewed');
      this.#table.renew(client, server, nowMs);
    });
    this.#services = serviceNames.map(
      (name, index) =>
        new TestService({
          name,
          servers: names.slice(0, 3).map(describeServer),
          persistence,
          clock: this.#clock,
          random: seededRandom(seed),
          check: { intervalMs: probeMs, timeoutMs: 86_400_000, startJitterMs: 0, rise: 1, fall: 1 },
          pool: {
            balance: { kind: index === 0 ? 'roundRobin' : 'leastConnections' },
            passiveHealth: { failures: 2, ejectMs: 20_000 },
          },
        }),
    );
  }

  async run(steps: readonly Step[]): Promise<void> {
    await this.#clock.advance(probeMs);
    for (const step of steps) {
      await this.#take(step);
      this.#check();
    }
    for (const session of this.#sessions.splice(0)) session.service.selector.release(session.lease);
    this.#check();
    expect([...this.#servers].every(({ sessions }) => sessions === 0)).toBe(true);
    for (const service of this.#services) service.close();
    await this.#clock.advance(0);
    expect(this.#clock.pending).toBe(0);
  }

  async #take(step: Step): Promise<void> {
    if (step.kind === 'passes') {
      await this.#clock.advance(step.ms);
    } else if ('session' in step) {
      this.#sessionStep(step.kind, step.session);
    } else {
      const service = this.#services[step.service]!;
      if (step.kind === 'connect') this.#connect(service, step.client);
      else await this.#serverStep(service, names[step.server]!, step);
    }
  }

  async #serverStep(service: TestService, name: string, step: Step): Promise<void> {
    const { pool } = service;
    const present = pool.servers.map(({ name }) => name);
    if (step.kind === 'remove') {
      pool.updateServers(pool.toOptions().servers.filter((server) => server.name !== name));
    } else if (!present.includes(name)) {
      if (step.kind === 'add') pool.updateServers([...pool.toOptions().servers, describeServer(name)]);
    } else if (step.kind === 'order') {
      pool.setAdminState(name, step.adminState);
    } else if (step.kind === 'weight') {
      pool.setWeight(name, step.weight);
    } else if (step.kind === 'goesDown' || step.kind === 'comesUp') {
      service.find(name, step.kind === 'goesDown' ? 'down' : 'up');
      await this.#clock.advance(probeMs);
    }
  }

  #sessionStep(kind: 'connected' | 'connectFails' | 'ends', index: number): void {
    const session = this.#sessions[index % Math.max(1, this.#sessions.length)];
    if (session === undefined) return;
    const { service, lease } = session;
    if (kind === 'ends') {
      const server = lease.server!.name;
      service.selector.release(lease);
      // Time counts from the end, but for the moment that a short session need not pay for.
      const restMs = this.#table.restMs(session.client, server, this.#clock.nowMs()) ?? ttlMs;
      expect(restMs).toBeGreaterThan(ttlMs - momentMs);
      this.#sessions.splice(this.#sessions.indexOf(session), 1);
    } else if (session.isConnected) {
      return;
    } else if (kind === 'connected') {
      session.isConnected = true;
      service.selector.connected(lease);
    } else {
      this.#connectFails(session);
    }
  }

  #connect(service: TestService, client: number): void {
    const session: Session = { service, client, lease: new Lease(), isConnected: false };
    if (this.#select(session)) this.#sessions.push(session);
  }

  /** A reservation is undone; then the client tries another server, or is turned away. */
  #connectFails(session: Session): void {
    const { service, client, lease } = session;
    if (lease.reason !== 'table') this.#table.forget(client, lease.server!.name);
    service.selector.connectFailed(numberedClient(client), lease);
    if (!this.#select(session)) this.#sessions.splice(this.#sessions.indexOf(session), 1);
  }

  /** Selects, and checks the choice against what was known before. @returns whether there is a server */
  #select({ service, client, lease }: Session): boolean {
    const { pool, selector } = service;
    const nowMs = this.#clock.nowMs();
    const remembered = pool.get(this.#table.find(client, nowMs));
    const mayChoose = mayChooseAmong(pool.servers, lease.tried);

    const selection = selector.select(numberedClient(client), lease, false);
    const chosen = lease.server;
    this.seen.add(lease.reason);
    if (remembered !== undefined && isUsable(remembered) && !lease.tried.includes(remembered)) {
      expect([chosen, lease.reason]).toEqual([remembered, 'table']);
    } else if (mayChoose.length > 0) {
      expect(mayChoose).toContain(chosen);
      expect(lease.reason).toBe(lease.tried.length > 0 ? 'redispatch' : 'balance');
    } else {
      expect([chosen, selection, lease.reason]).toEqual([undefined, 'none', 'none']);
    }
    if (chosen !== undefined) this.#table.learn(client, chosen.name, nowMs);
    return chosen !== undefined;
  }

  /** What holds at every moment. */
  #check(): void {
    const now = this.#services[0]!.selector.now();
    for (let client = 0; client < clientCount; client++) {
      const found = this.#persistence.strategies[0]?.lookup(numberedClient(client), now);
      expect(found).toBe(this.#table.find(client, now.nowMs));
    }
    for (const { client, lease } of this.#sessions) {
      const restMs = this.#table.restMs(client, lease.server!.name, now.nowMs) ?? Infinity;
      // An entry does not expire while a session of its client lives.
      expect(restMs).toBeGreaterThan(0);
    }
    expect(this.#persistence.table.size).toBeLessThanOrEqual(this.#maxEntries);
    for (const { pool } of this.#services) for (const server of pool.servers) this.#servers.add(server);
    for (const server of this.#servers) {
      expect(server.sessions).toBe(this.#sessions.filter(({ lease }) => lease.server === server).length);
      if (server.ejected) this.seen.add('ejected');
    }
  }
}

/** The same persistence, which tells whenever a session has an entry renewed. */
function withRenewals(
  { name, strategies }: SourceIp,
  onRenew: (client: number, server: string, nowMs: number) => void,
): Persistence {
  const [strategy] = strategies as [PersistenceStrategy];
  const telling: PersistenceStrategy = {
    reason: strategy.reason,
    needs: strategy.needs,
    refreshMs: strategy.refreshMs!,
    lookup: (client, now) => strategy.lookup(client, now),
    learn: (client, server, now) => strategy.learn(client, server, now),
    forget: (client, server, now) => strategy.forget(client, server, now),
    refresh(client, server, now) {
      strategy.refresh?.(client, server, now);
      onRenew(client.address.w3 - 0x0a000000, server, now.nowMs);
    },
  };
  return { name, strategies: [telling] };
}

function describeServer(name: string): ServerOptions {
  return { name, host: '192.0.2.1' };
}

async function runHistories(maxEntries: number, numRuns: number): Promise<Set<string>> {
  const seen = new Set<string>();
  const steps = fc.array(step, { minLength: 10, maxLength: 80, size: 'max' });
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), async (steps, seed) => {
      const history = new History(maxEntries, seed);
      await history.run(steps);
      for (const what of history.seen) seen.add(what);
    }),
    { numRuns },
  );
  return seen;
}

it('clients keep their servers, and leases are kept in order, whatever happens', async () => {
  const seen = await runHistories(1000, 100);
  expect([...seen].sort()).toEqual(['balance', 'ejected', 'none', 'redispatch', 'renewed', 'table']);
});

it('the same holds of a table that is too small for its clients', async () => {
  expect(await runHistories(3, 70)).toContain('table');
});

it('a burst of first connections of one client has one server, in all services, whatever fails first', () => {
  fc.assert(
    fc.property(
      fc.array(service, { minLength: 2, maxLength: 12 }),
      fc.constantFrom('roundRobin' as const, 'leastConnections' as const, 'twoChoices' as const),
      fc.infiniteStream(fc.nat()),
      fc.nat(),
      (burst, kind, order, seed) => {
        const persistence = sourceIp();
        const services = serviceNames.map(
          (name) =>
            new TestService({
              name,
              servers: names.map(describeServer),
              persistence,
              pool: { balance: { kind }, passiveHealth: false },
              random: seededRandom(seed),
            }),
        );
        const client = numberedClient(1);
        const attempts = burst.map((index) => ({ selector: services[index]!.selector, lease: new Lease() }));
        const serversNow = (): Set<string | undefined> =>
          new Set(attempts.map(({ lease }) => lease.server?.name));
        for (const { selector, lease } of attempts) selector.select(client, lease, false);
        expect(serversNow().size).toBe(1);

        // The server refuses all of them, in any order: they meet on the next one.
        const [refusing] = serversNow();
        const refused = [...attempts];
        while (refused.length > 0) {
          const [{ selector, lease }] = refused.splice(order.next().value! % refused.length, 1) as [
            (typeof attempts)[number],
          ];
          selector.connectFailed(client, lease);
          selector.select(client, lease, false);
        }
        expect(serversNow().size).toBe(1);
        expect(serversNow()).not.toContain(refusing);
      },
    ),
    { numRuns: 300 },
  );
});
