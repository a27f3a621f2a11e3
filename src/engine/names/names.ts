import type { IpAddress } from '../../model/address.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { KnownName } from './known-name.ts';
import { MachineNames, type NameSource } from './name-source.ts';

/** Beyond so many, names that nobody uses are forgotten. */
const maxNames = 1_000;

/**
 * The host names of one engine: each is looked up once for all who use it, and again while it is used. A name that
 * nobody answers for does not delay those who use others.
 */
export class Names {
  readonly #runtime: Runtime;
  readonly #source: NameSource;
  readonly #known = new Map<string, KnownName>();
  #isClosed = false;

  constructor(runtime: Runtime, source: NameSource = new MachineNames(runtime.clock)) {
    this.#runtime = runtime;
    this.#source = source;
  }

  get(host: string): KnownName {
    const known = this.#known.get(host);
    if (known !== undefined) return known;
    if (this.#known.size >= maxNames) this.#forgetResting();
    const name = new KnownName(host, this.#runtime, this.#source);
    if (this.#isClosed) name.close();
    this.#known.set(host, name);
    return name;
  }

  /** As `KnownName.isOutdated`; never true for an address. Hot path. */
  isOutdated(host: string, address: IpAddress): boolean {
    return this.#known.size > 0 && this.#known.get(host)?.isOutdated(address) === true;
  }

  /** Ends all lookups. Only what the system's resolver is doing still keeps the process alive. */
  close(): void {
    this.#isClosed = true;
    for (const name of this.#known.values()) name.close();
    this.#known.clear();
  }

  #forgetResting(): void {
    for (const [host, name] of this.#known) {
      if (!name.isResting) continue;
      name.close();
      this.#known.delete(host);
    }
  }
}
