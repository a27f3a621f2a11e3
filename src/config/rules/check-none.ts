import { listenersOf } from '../placed-services.ts';
import type { SmellRule } from '../rule.ts';

/** Servers that can stand in for each other are checked. */
export const checkNone: SmellRule = {
  id: 'check-none',
  severity: 'warning',
  why:
    'Without a check, health stays `unknown`, which counts as usable. Clients then find out that a server is dead: those ' +
    'of TCP and HTTP wait for the connect, until passive health ejects the server, and again each time it comes back. ' +
    'Those of UDP, and all clients of a server that accepts and does not answer, stay with it.',
  check({ services }, report) {
    for (const { name, title, listener, at } of listenersOf(services)) {
      const { servers, healthCheck } = listener.pool;
      if (servers.length < 2 || healthCheck !== undefined) continue;
      const path = at('healthCheck');
      report({
        path,
        services: [name],
        message:
          `${title} has ${servers.length} servers and no check, so its clients find out that one is dead. Add a ` +
          '`healthCheck`.',
        // What else is right to ask depends on what the servers are.
        mend: listener.mode.name === 'tcp' ? [{ path, value: { probe: { kind: 'connect' } } }] : [],
      });
    }
  },
};
