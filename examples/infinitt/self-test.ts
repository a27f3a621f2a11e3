import type { Balancer, DecisionRecord } from 'sluice';
import type { DemoCluster } from '../demo-cluster/demo-cluster.ts';
import { CookieJar } from '../demo-cluster/traffic/cookie-jar.ts';
import { conversations, type Conversation } from './conversations.ts';
import { formatRows, type Row } from './self-test-table.ts';

/** A client with an address and cookies of its own. */
interface TestClient {
  readonly address: string;
  readonly jar: CookieJar;
}

const timeoutMs = 3000;
const repeats = 3;

/**
 * Sends real traffic through each of the five services and prints what came of it: every service answers; a
 * client stays on one server, in all services; when that server fails, the client is served by another.
 *
 * Demo servers are killed for that. Real ones are halted and taken back, and nothing is written to them.
 *
 * @returns the exit code: 0 where every row passed
 */
export async function selfTest(balancer: Balancer, cluster: DemoCluster | undefined): Promise<number> {
  const rows = await new SelfTest(balancer, cluster).run();
  console.log(formatRows(rows));
  const failed = rows.filter(({ passed }) => !passed).length;
  console.log(failed === 0 ? `All ${rows.length} rows passed.` : `${failed} of ${rows.length} rows FAILED.`);
  return failed === 0 ? 0 : 1;
}

class SelfTest {
  readonly #balancer: Balancer;
  readonly #cluster: DemoCluster | undefined;
  readonly #conversations: readonly Conversation[];
  readonly #rows: Row[] = [];
  /** The last decision of each service. */
  readonly #decisions = new Map<string, DecisionRecord>();

  constructor(balancer: Balancer, cluster: DemoCluster | undefined) {
    this.#balancer = balancer;
    this.#cluster = cluster;
    this.#conversations = conversations.filter(({ demoOnly }) => !demoOnly || cluster !== undefined);
    balancer.on('decisionMade', (decision) => this.#decisions.set(decision.service, decision));
  }

  async run(): Promise<readonly Row[]> {
    const { host } = this.#endpointOf('DICOM');
    const first: TestClient = { address: host, jar: new CookieJar() };
    for (const conversation of this.#conversations) await this.#answers(conversation, first);
    await this.#staysOnOneServer('one client, one server', first);
    if (host === '127.0.0.1' && process.platform === 'linux') {
      await this.#staysOnOneServer('a second client, its own', {
        address: '127.0.0.2',
        jar: new CookieJar(),
      });
    }
    await this.#survivesFailure(first);
    return this.#rows;
  }

  #answers(conversation: Conversation, client: TestClient): Promise<void> {
    const { service, what } = conversation;
    return this.#row(service, what, async () => ({
      detail: await this.#hold(conversation, client),
      server: this.#serverOf(service),
    }));
  }

  /** The client comes back several times, to every service: always to the same server. */
  #staysOnOneServer(test: string, client: TestClient): Promise<void> {
    return this.#row('all services', test, async () => {
      const servers = new Set<string>();
      for (let round = 0; round < repeats; round++) {
        for (const conversation of this.#conversations) {
          await this.#hold(conversation, client);
          servers.add(this.#serverOf(conversation.service));
        }
      }
      if (servers.size > 1) throw new Error(`served by ${[...servers].join(' and ')}`);
      const detail = `${repeats * this.#conversations.length} conversations from ${client.address}`;
      return { detail, server: [...servers].join() };
    });
  }

  /** The client's server fails: every service goes on with another one. */
  async #survivesFailure(client: TestClient): Promise<void> {
    const failed = this.#balancer.explain(client.address).get('DICOM')?.server;
    // No server at all: the rows above have said so.
    if (failed === undefined) return;
    const demoServer = this.#cluster?.servers.find(({ name }) => name === failed);
    if (demoServer === undefined) this.#balancer.halt({ server: failed });
    else await demoServer.kill();
    const order = demoServer === undefined ? 'halted' : 'killed';
    for (const conversation of this.#conversations) {
      const { service, what } = conversation;
      await this.#row(service, `${what}, ${failed} ${order}`, async () => {
        const detail = await this.#hold(conversation, client);
        const server = this.#serverOf(service);
        if (server === failed) throw new Error('served by the server that failed');
        return { detail, server };
      });
    }
    if (demoServer === undefined) this.#balancer.online({ server: failed });
    else await demoServer.start();
  }

  async #row(
    service: string,
    test: string,
    run: () => Promise<{ readonly detail: string; readonly server: string }>,
  ): Promise<void> {
    const startedMs = performance.now();
    const tookMs = (): number => Math.round(performance.now() - startedMs);
    try {
      const { detail, server } = await run();
      this.#rows.push({ service, test, passed: true, server, detail, tookMs: tookMs() });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#rows.push({ service, test, passed: false, server: '', detail, tookMs: tookMs() });
    }
  }

  #hold(conversation: Conversation, { address, jar }: TestClient): Promise<string> {
    const { host, port } = this.#endpointOf(conversation.service);
    const target = { host, port, timeoutMs, ...(address === host ? {} : { localAddress: address }) };
    return conversation.hold(target, jar);
  }

  #serverOf(service: string): string {
    return this.#decisions.get(service)?.server ?? 'none';
  }

  #endpointOf(service: string): { readonly host: string; readonly port: number } {
    const found = this.#balancer.overview().services.find(({ name }) => name === service)?.listeners[0];
    if (found === undefined) throw new Error(`There is no service '${service}'`);
    return found;
  }
}
