import { getDefaultResultOrder } from 'node:dns';
import { isIPv6 } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { Clock } from '../../runtime/runtime.ts';
import { isReachableIpv6, orderFamilies, type ResultOrder } from './address-order.ts';
import { DnsLookup } from './dns-lookup.ts';
import type { DnsProblem } from './family-answers.ts';
import { parseHosts } from './hosts-file.ts';
import { NameError } from './name-error.ts';
import type { NameAnswer } from './name-state.ts';
import { candidateNames, parseSearchRules } from './search-rules.ts';
import { lookUpInSystem } from './system-lookup.ts';
import { WatchedFile } from './watched-file.ts';

/** Where addresses of names come from. */
export interface NameSource {
  /**
   * Never answers from inside the call.
   *
   * @param before the addresses that are known
   * @param signal gives it up, and frees what it has
   * @throws NameError
   */
  find(host: string, before: readonly string[], signal: AbortSignal): Promise<NameAnswer>;
}

const isWindows = process.platform === 'win32';
const hostsPath = isWindows
  ? `${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\drivers\\etc\\hosts`
  : '/etc/hosts';
const resolvConfPath = '/etc/resolv.conf';
/** A file is looked at again as often as a name is asked for. */
const fileHoldMs = 0;
/** The system does not say how long its addresses hold. */
const systemHoldMs = 10_000;

/**
 * The names of this machine: its hosts file, then DNS, and the system's resolver for what these do not know. That one
 * is asked last, since it may take its time and cannot be stopped.
 */
export class MachineNames implements NameSource {
  readonly #clock: Clock;
  readonly #hosts = new WatchedFile(hostsPath, parseHosts);
  readonly #searchRules = new WatchedFile(resolvConfPath, (text) => parseSearchRules(text, hostname()));

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async find(host: string, before: readonly string[], signal: AbortSignal): Promise<NameAnswer> {
    const name = host.toLowerCase();
    const local = this.#findHere(name.replace(/\.$/, ''));
    if (local !== undefined) return { addresses: inResultOrder(local), holdMs: fileHoldMs };
    if (/(?:^|\.)invalid\.?$/.test(name)) throw new NameError(host, 'absent');
    const found = await this.#askDns(name, before, signal);
    if (typeof found !== 'string') return found;
    if (found === 'absent' || found === 'nobody') return askSystem(host, signal);
    throw new NameError(host, 'silent');
  }

  /** What needs nobody else: the hosts file, and `localhost` (RFC 6761, section 6.3). */
  #findHere(name: string): readonly string[] | undefined {
    const listed = this.#hosts.read().get(name);
    return listed ?? (/(?:^|\.)localhost$/.test(name) ? ['127.0.0.1', '::1'] : undefined);
  }

  async #askDns(
    name: string,
    before: readonly string[],
    signal: AbortSignal,
  ): Promise<NameAnswer | DnsProblem> {
    const lookup = new DnsLookup(this.#clock, before);
    const cancel = (): void => {
      lookup.cancel();
    };
    signal.addEventListener('abort', cancel, { once: true });
    const found = await lookup.find(candidateNames(name, this.#searchRules.read()));
    signal.removeEventListener('abort', cancel);
    if (typeof found === 'string') return found;
    const { v4, v6, holdMs } = found;
    return { addresses: orderFamilies(v4, v6, resultOrder(), hasIpv6), holdMs };
  }
}

async function askSystem(host: string, signal: AbortSignal): Promise<NameAnswer> {
  try {
    return { addresses: await lookUpInSystem(host, signal), holdMs: systemHoldMs };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new NameError(host, code === 'ENOTFOUND' ? 'absent' : 'silent');
  }
}

/** What a file lists stays in its order, unless the program asks for one. */
function inResultOrder(addresses: readonly string[]): readonly string[] {
  const order = resultOrder();
  if (order === 'verbatim') return addresses;
  const v6 = addresses.filter((address) => isIPv6(address));
  const v4 = addresses.filter((address) => !isIPv6(address));
  return orderFamilies(v4, v6, order, hasIpv6);
}

function resultOrder(): ResultOrder {
  return getDefaultResultOrder();
}

function hasIpv6(): boolean {
  const interfaces = Object.values(networkInterfaces());
  return interfaces.some((addresses) => addresses?.some(({ address }) => isReachableIpv6(address)));
}
