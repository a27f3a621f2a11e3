import type { OptionReader } from '../base/options.ts';

/** The limits of the flows of a UDP service. */
export interface UdpOptions {
  /**
   * How long a flow that was answered may be silent in both directions, milliseconds, 1 to 86,400,000. RFC 4787
   * §4.3 asks address translators for two minutes, less for well-known ports such as NetBIOS'; Linux gives 30 s.
   *
   * @default 30_000
   */
  readonly idleTimeoutMs?: number;
  /**
   * How long a flow that was never answered may be silent, milliseconds, 1 to `idleTimeoutMs`. 15 s are the three
   * tries, 5 s apart, of a NetBIOS client (RFC 1002 §6); each try restarts the time.
   *
   * @default 15_000, or `idleTimeoutMs` where that is shorter
   */
  readonly unrepliedTimeoutMs?: number;
  /**
   * Most flows at once, 1 to 1,000,000. When full, one makes room, of those never answered first. Each flow takes one
   * file descriptor and one source port. Linux has 28,232 ports unless `ip_local_port_range` is widened. All flows of
   * a process together have half of the descriptors for clients, and seven eighths of those ports.
   *
   * @default 65_536
   */
  readonly maxFlows?: number;
}

export const udpDefaults = { idleTimeoutMs: 30_000, unrepliedTimeoutMs: 15_000, maxFlows: 65_536 } as const;

/** {@link UdpOptions}, complete. */
export type ResolvedUdpOptions = Readonly<Required<UdpOptions>>;

/** Reads the limits from a reader that stands at them, reporting every problem. */
export function resolveUdpOptions(reader: OptionReader): ResolvedUdpOptions {
  const timeout = { min: 1, max: 86_400_000 };
  const { idleTimeoutMs: idle, unrepliedTimeoutMs: unreplied, maxFlows } = udpDefaults;
  const idleTimeoutMs = reader.integer('idleTimeoutMs', { ...timeout, default: idle });
  const options = {
    idleTimeoutMs,
    unrepliedTimeoutMs: reader.integer('unrepliedTimeoutMs', {
      ...timeout,
      default: Math.min(unreplied, idleTimeoutMs),
    }),
    maxFlows: reader.integer('maxFlows', { min: 1, max: 1_000_000, default: maxFlows }),
  };
  if (options.unrepliedTimeoutMs > idleTimeoutMs) {
    reader.problem('unrepliedTimeoutMs', `at most idleTimeoutMs (${idleTimeoutMs})`);
  }
  return Object.freeze(options);
}
