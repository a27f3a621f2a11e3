import dns, { promises, type RecordWithTtl } from 'node:dns';
import { isIP } from 'node:net';
import type { Clock, Timer } from '../../runtime/runtime.ts';
import {
  dnsProblem,
  joinFamilies,
  type DnsProblem,
  type FamilyAddresses,
  type FamilyAnswer,
} from './family-answers.ts';

/** For one try of one name server; each further round takes twice as long. */
const timeoutMs = 1_000;
const tries = 3;
/** How much longer the second family may take where the first has an address (RFC 8305, section 3). */
const patienceMs = 50;

/** What `dns` asks by itself: the name servers of this machine as the program began, unless it has set others. */
const firstServers = dns.getServers().join();
const areSetAtFirst = firstServers !== new promises.Resolver().getServers().join();

/**
 * Asks name servers for the addresses of one name, over sockets of its own (c-ares): whatever becomes of it, no
 * thread and no other name waits. Asks those that the program has set by `dns.setServers`, else those of this
 * machine.
 */
export class DnsLookup {
  readonly #resolver = new promises.Resolver({ timeout: timeoutMs, tries });
  readonly #clock: Clock;
  /** As known before; empty where nothing was. */
  readonly #before: readonly string[];

  constructor(clock: Clock, before: readonly string[]) {
    this.#clock = clock;
    this.#before = before;
    // `setServers` puts another function in the place of this one, which an import by name does not follow.
    const servers = dns.getServers();
    // The resolver has those that the machine has now.
    if (areSetAtFirst || servers.join() !== firstServers) this.#resolver.setServers(servers);
  }

  /** Ends it at once: what is asked is then answered by silence. */
  cancel(): void {
    this.#resolver.cancel();
  }

  /** @param candidates names to try in this order, as long as there is no such name */
  async find(candidates: readonly string[]): Promise<FamilyAddresses | DnsProblem> {
    let problem: DnsProblem = 'absent';
    for (const name of candidates) {
      const [v4, v6] = await this.#ask(name);
      const found = joinFamilies(v4, v6, this.#before);
      // The domain of one candidate may be in trouble, and another candidate the right one.
      if (found !== 'absent' && found !== 'failing') return found;
      if (found === 'failing') problem = found;
    }
    return problem;
  }

  #ask(name: string): Promise<readonly [v4: FamilyAnswer, v6: FamilyAnswer]> {
    return new Promise((resolve) => {
      const answers: [FamilyAnswer | undefined, FamilyAnswer | undefined] = [undefined, undefined];
      let patience: Timer | undefined = undefined;
      const finish = (): void => {
        patience?.cancel();
        resolve([answers[0] ?? 'silent', answers[1] ?? 'silent']);
      };
      const take = (index: 0 | 1, answer: FamilyAnswer): void => {
        answers[index] = answer;
        const isLast = answers[0] !== undefined && answers[1] !== undefined;
        if (isLast) finish();
        else if (typeof answer !== 'string' && !this.#hadFamily(index === 0 ? 6 : 4))
          patience = this.#clock.schedule(patienceMs, finish);
      };
      void answerOf(this.#resolver.resolve4(name, { ttl: true })).then((answer) => {
        take(0, answer);
      });
      void answerOf(this.#resolver.resolve6(name, { ttl: true })).then((answer) => {
        take(1, answer);
      });
    });
  }

  /** An answer for that family is worth waiting for. */
  #hadFamily(family: 4 | 6): boolean {
    return this.#before.some((address) => isIP(address) === family);
  }
}

async function answerOf(records: Promise<readonly RecordWithTtl[]>): Promise<FamilyAnswer> {
  try {
    const found = await records;
    return found.length > 0 ? found : 'absent';
  } catch (error) {
    return dnsProblem((error as NodeJS.ErrnoException).code);
  }
}
