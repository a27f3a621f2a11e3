import { modeOf } from '../modes.ts';
import type { ResolvedListenerConfig, ResolvedServiceConfig } from '../resolved-config.ts';
import type { Rule } from './rule.ts';

/** No two services bind the same address, port and transport. */
export const uniquePorts: Rule = {
  id: 'unique-ports',
  severity: 'error',
  check({ services }, report) {
    for (const [index, { service, at }] of services.entries()) {
      const { host, port } = service.listeners[0];
      if (!host || !port) continue;
      for (const { service: earlier } of services.slice(0, index)) {
        if (!bindSame(service, earlier)) continue;
        const actual = `${host} port ${port}, which service '${earlier.name}' uses`;
        report(at('port'), 'an address and port that no other service uses', actual);
      }
    }
  },
};

function bindSame(a: ResolvedServiceConfig, b: ResolvedServiceConfig): boolean {
  return a.listeners.some((one) => b.listeners.some((other) => clash(one, other)));
}

function clash(a: ResolvedListenerConfig, b: ResolvedListenerConfig): boolean {
  const isAny = (host: string): boolean => host === '0.0.0.0' || host === '::';
  const isSameHost = a.host === b.host || isAny(a.host) || isAny(b.host);
  return modeOf(a.mode).transport === modeOf(b.mode).transport && a.port === b.port && isSameHost;
}
