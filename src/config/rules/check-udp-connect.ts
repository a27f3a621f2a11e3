import { listenersOf, probeOf, reachedPorts } from '../placed-services.ts';
import type { SmellRule } from '../rule.ts';

/** The port of the NetBIOS name service, which has a probe of its own: RFC 1002. */
const nameServicePort = 137;

/** A UDP service is not checked by TCP. */
export const checkUdpConnect: SmellRule = {
  id: 'check-udp-connect',
  severity: 'warning',
  why:
    'UDP and TCP ports of one number may belong to different programs, or to none. That a TCP connection succeeds says ' +
    'nothing of a UDP service, and where nothing listens on TCP every server is called down. The check of a name service is ' +
    "`{ kind: 'nodeStatus' }`, and for others there is `{ kind: 'external' }`.",
  check({ services }, report) {
    for (const { name, title, listener, at } of listenersOf(services)) {
      const probe = probeOf(listener);
      if (listener.mode.name !== 'udp' || probe === undefined) continue;
      // A page on another port may speak for all of the server.
      const isTcp = probe.kind === 'connect' || (probe.kind === 'http' && probe.port === undefined);
      if (!isTcp) continue;
      const path = `${at('healthCheck')}.probe`;
      const isNameService = [...new Set(reachedPorts(listener))].join() === `${nameServicePort}`;
      const remedy = isNameService
        ? "{ kind: 'nodeStatus' }"
        : "{ kind: 'external' } and a program that asks the service";
      report({
        path,
        services: [name],
        message: `${title} carries UDP, and is checked by TCP, which proves nothing of it. Use ${remedy}.`,
        mend: isNameService ? [{ path, value: { kind: 'nodeStatus' } }] : [],
      });
    }
  },
};
