import type { OptionReader } from '../base/options.ts';
import { readHealthCheck } from '../health/health-check.ts';
import { readPassiveHealth } from '../health/passive-health-options.ts';
import { readPoolOptions, type ResolvedPoolSpec } from '../pool/pool-options.ts';
import { modeNames, type ModeName } from './modes.ts';
import { readBasics, readMode } from './read-listener.ts';
import type { ResolvedListenerConfig, ResolvedServiceConfig } from './resolved-config.ts';

/**
 * Reads one service of a configuration, from a reader that stands at it.
 *
 * @returns undefined where it cannot be told what kind of service is meant; all else may be half right
 */
export function readService(reader: OptionReader): ResolvedServiceConfig | undefined {
  const basics = readBasics(reader);
  const pool = readPoolOptions(reader);
  const one = (of: OptionReader, name: ModeName): ResolvedServiceConfig => ({
    name: basics.name,
    mode: name,
    listeners: [Object.freeze({ ...basics, pool, ...readMode(of, name) })],
  });
  const simple = modeNames().map((name) => [name, (of: OptionReader) => one(of, name)] as const);
  const service = reader.variant<ResolvedServiceConfig['mode'], ResolvedServiceConfig>('mode', {
    ...(Object.fromEntries(simple) as Record<ModeName, (of: OptionReader) => ResolvedServiceConfig>),
    'tcp+udp': (of) => {
      const { name, listeners } = one(of, 'tcp');
      const udp = readUdpHalf(of.child('udp'), pool);
      return { name, mode: 'tcp+udp', listeners: [...listeners, Object.freeze({ ...basics, ...udp })] };
    },
  });
  // Which further options there are depends on the mode.
  if (service !== undefined) reader.refuseUnknownKeys();
  return Object.freeze(service);
}

/** It has the servers of the TCP half, and nothing of its health. */
function readUdpHalf(
  reader: OptionReader,
  tcpPool: ResolvedPoolSpec,
): Pick<ResolvedListenerConfig, 'mode' | 'arrival' | 'pool'> {
  const mode = readMode(reader, 'udp');
  const healthCheck = readHealthCheck(reader, 'healthCheck');
  const passiveHealth = readPassiveHealth(reader, 'passiveHealth');
  reader.refuseUnknownKeys();
  return { ...mode, pool: Object.freeze({ ...tcpPool, healthCheck, passiveHealth }) };
}
