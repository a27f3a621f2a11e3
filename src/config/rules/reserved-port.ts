import { formatEndpoint } from '../../model/endpoint.ts';
import { isServedBy } from '../../model/host.ts';
import { modeOf } from '../modes.ts';
import type { SmellRule } from '../rule.ts';

/** No service has the port where a fallback is expected to answer. */
export const reservedPort: SmellRule = {
  id: 'reserved-port',
  severity: 'warning',
  why:
    'Where a service listens on the address and port of a fallback, the service gets what was meant for the fallback page. ' +
    'If that is the service whose fallback it is, each request comes back to it and asks again, until a limit ends that.',
  check({ services }, report) {
    for (const { service, at } of services) {
      const { mode } = service.listeners[0];
      const fallback = mode.name === 'http' ? mode.options.fallback?.server : undefined;
      if (fallback === undefined) continue;
      const taker = services.find(({ service: { listeners } }) =>
        listeners.some(
          (listener) =>
            modeOf(listener.mode).transport === 'tcp' &&
            listener.port === fallback.port &&
            isServedBy(listener.host, fallback.host),
        ),
      )?.service;
      // Another web service may well be the one that has the page.
      if (taker === undefined || (taker !== service && taker.mode === 'http')) continue;
      report({
        path: at('fallback.server'),
        services: [...new Set([service.name, taker.name])],
        message:
          `The fallback of ${service.name}, ${formatEndpoint(fallback.host, fallback.port)}, is where ${taker.name} listens. ` +
          'Give one of them another port.',
      });
    }
  },
};
