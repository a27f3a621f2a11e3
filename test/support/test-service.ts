import type { Engine } from '../../src/engine/engine.ts';
import { FactEmitter } from '../../src/facts/fact-emitter.ts';
import type { Probe, ProbeContext, ProbeResult, ProbeSubject } from '../../src/health/probe.ts';
import type { HealthCheckOptions } from '../../src/health/health-check-options.ts';
import type { Health, ServerOptions } from '../../src/model/server.ts';
import { none } from '../../src/persistence/none.ts';
import type { Persistence } from '../../src/persistence/persistence.ts';
import type { PoolOptions } from '../../src/pool/pool-options.ts';
import { Pool } from '../../src/pool/pool.ts';
import type { Selector } from '../../src/pool/selector.ts';
import type { Random } from '../../src/runtime/runtime.ts';
import { openContext } from '../../src/run/open-context.ts';
import { serviceEventNames, type ServiceEvents } from '../../src/facts/service-events.ts';
import { TrafficCounters } from '../../src/path/traffic-counters.ts';
import { VirtualClock } from '../../src/runtime/virtual-clock.ts';

/** Finds of a server what the test says: up unless told otherwise, and `unknown` by never coming to an end. */
class ScriptedProbe implements Probe {
  readonly kind = 'scripted';
  readonly findings = new Map<string, Health>();

  async check({ server }: ProbeSubject, { signal }: ProbeContext): Promise<ProbeResult> {
    const finding = this.findings.get(server) ?? 'up';
    if (finding === 'unknown') await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return { ok: finding === 'up', code: finding, reason: `${server} is ${finding}` };
  }
}

export interface TestServiceOptions {
  readonly servers: readonly ServerOptions[];
  /** @default 'SERVICE' */
  readonly name?: string;
  readonly pool?: Omit<PoolOptions, 'servers' | 'healthCheck'>;
  /** Options of the check; without them there is none, and health stays unknown. */
  readonly check?: Omit<HealthCheckOptions, 'probe'>;
  /** @default none */
  readonly persistence?: Persistence;
  readonly clock?: VirtualClock;
  /** @default always 0.5 */
  readonly random?: Random;
}

/** A service without a listener: pool and selection as they are while it runs, on a clock that stands still. */
export class TestService {
  readonly clock: VirtualClock;
  readonly pool: Pool;
  readonly selector: Selector;
  readonly facts = new FactEmitter<ServiceEvents>();
  /** The servers of which the pool said that they went down. */
  readonly aborted: string[] = [];
  readonly log: string[] = [];
  readonly #probe = new ScriptedProbe();

  constructor(options: TestServiceOptions) {
    const { name = 'SERVICE', servers, check, random = () => 0.5 } = options;
    const healthCheck = check === undefined ? {} : { healthCheck: { ...check, probe: this.#probe } };
    this.clock = options.clock ?? new VirtualClock();
    this.pool = new Pool({ ...options.pool, ...healthCheck, servers }, random);
    const runtime = {
      clock: this.clock,
      random,
      log: (_level: unknown, line: string) => void this.log.push(line),
    };
    const persistence = options.persistence ?? none();
    this.selector = openContext({
      options: { name, pool: this.pool, persistence, runtime },
      bound: { host: '192.0.2.100', port: 104 },
      engine: { name: 'none' } as Engine,
      quickAck: false,
      facts: this.facts,
      counters: new TrafficCounters(),
      sessionEnded: () => undefined,
      abortServer: (server) => this.aborted.push(server.name),
    }).selector;
  }

  /** What the next probes of a server find. */
  find(server: string, health: Health): void {
    this.#probe.findings.set(server, health);
  }

  /** Notes the names of all facts from now on, with the server that they are about. */
  recordFacts(): string[] {
    const recorded: string[] = [];
    for (const name of serviceEventNames) {
      this.facts.on(name, (fact) => recorded.push(`${name} ${(fact as { server?: string }).server ?? ''}`));
    }
    return recorded;
  }

  close(): void {
    this.pool.detach();
  }
}
