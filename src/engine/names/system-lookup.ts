import { lookup, type LookupAddress } from 'node:dns';

/** Somebody who waits for the system's answer. */
interface Waiting {
  readonly host: string;
  readonly signal: AbortSignal;
  readonly resolve: (addresses: readonly string[]) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The lookups of this thread that wait for the one under way. `getaddrinfo` occupies one of the few threads of libuv
 * for as long as it takes, and cannot be cancelled: one at a time never takes them all.
 */
const queue: Waiting[] = [];
let isBusy = false;

/**
 * Asks the system's own resolver, which may know of more than files and DNS (mDNS, NIS, …).
 *
 * @returns addresses in the order of the system
 * @throws Error as `dns.lookup`, or where the signal is aborted
 */
export function lookUpInSystem(host: string, signal: AbortSignal): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const waiting: Waiting = { host, signal, resolve, reject };
    signal.addEventListener(
      'abort',
      () => {
        const index = queue.indexOf(waiting);
        if (index >= 0) queue.splice(index, 1);
        reject(new Error(`the lookup of ${host} was cancelled`));
      },
      { once: true },
    );
    queue.push(waiting);
    lookUpNext();
  });
}

function lookUpNext(): void {
  const next = isBusy ? undefined : queue.shift();
  if (next === undefined) return;
  isBusy = true;
  lookup(next.host, { all: true }, (error: Error | null, addresses: readonly LookupAddress[]) => {
    isBusy = false;
    if (error !== null) next.reject(error);
    else next.resolve(addresses.map(({ address }) => address));
    lookUpNext();
  });
}
