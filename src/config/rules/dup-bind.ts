import { haveAddressInCommon } from '../../model/host.ts';
import { modeOf } from '../modes.ts';
import type { ResolvedListenerConfig, ResolvedServiceConfig } from '../resolved-config.ts';
import type { StrictRule } from '../rule.ts';

/** No two services bind the same address, port and transport. */
export const dupBind: StrictRule = {
  id: 'dup-bind',
  severity: 'error',
  why:
    'The system gives an address and port to one listener only, so the second one could not start. A service on all ' +
    'addresses has each of them.',
  check({ services }, report) {
    for (const [index, { service, at }] of services.entries()) {
      const { host, port } = service.listeners[0];
      if (!host || !port) continue;
      // The first one is enough: of a thousand on one port, nobody wants to read half a million pairs.
      const earlier = services.slice(0, index).find((other) => bindSame(service, other.service))?.service;
      if (earlier === undefined) continue;
      report({
        path: at('port'),
        services: [service.name, earlier.name],
        expected: 'an address and port that no other service uses',
        actual: `${host} port ${port}, which service '${earlier.name}' uses`,
      });
    }
  },
};

function bindSame(a: ResolvedServiceConfig, b: ResolvedServiceConfig): boolean {
  return a.listeners.some((one) => b.listeners.some((other) => clash(one, other)));
}

function clash(a: ResolvedListenerConfig, b: ResolvedListenerConfig): boolean {
  const isSameTransport = modeOf(a.mode).transport === modeOf(b.mode).transport;
  return isSameTransport && a.port === b.port && haveAddressInCommon(a.host, b.host);
}
