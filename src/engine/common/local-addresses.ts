import { networkInterfaces } from 'node:os';
import { IpAddress } from '../../model/address.ts';
import { systemClock } from '../../runtime/system-runtime.ts';

/** The system is asked no more often than this, however often somebody wants to know. */
const knownForMs = 1_000;

/** The addresses of this machine, loopback included, as they were a moment ago. */
export class LocalAddresses {
  #texts: ReadonlySet<string> = new Set();
  #readMs = -Infinity;

  has(address: IpAddress): boolean {
    if (address.isLoopback) return true;
    const nowMs = systemClock.nowMs();
    if (nowMs >= this.#readMs + knownForMs) {
      this.#texts = readAddresses();
      this.#readMs = nowMs;
    }
    return this.#texts.has(address.toString());
  }
}

function readAddresses(): ReadonlySet<string> {
  const entries = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return new Set(entries.map(({ address }) => IpAddress.parse(address)?.toString() ?? address));
}
