import { listenersOf, probeOf, reachedPorts } from '../placed-services.ts';
import type { ResolvedListenerConfig } from '../resolved-config.ts';
import type { SmellRule } from '../rule.ts';

/** Where servers speak HTTP though the service relays it as bytes. So do they where another service is a web service. */
const usualHttpPorts: readonly number[] = [80, 8080];

/** A check speaks the protocol of its service. */
export const dupCheckKind: SmellRule = {
  id: 'dup-check-kind',
  severity: 'warning',
  why:
    'A check proves what it asks for. An HTTP request to a DICOM port fails, and takes every server down; to connect to a ' +
    'web server succeeds while each of its pages is an error. A duplicate keeps the check of its original when it gets ' +
    'another mode.',
  check({ services }, report) {
    const all = listenersOf(services);
    const web = all.map(({ listener }) => listener).filter(({ mode }) => mode.name === 'http');
    const httpPorts = new Set([...usualHttpPorts, ...web.flatMap(reachedPorts)]);
    for (const { name, title, listener, at } of all) {
      const probe = probeOf(listener);
      const { name: mode } = listener.mode;
      const path = `${at('healthCheck')}.probe`;
      if (mode === 'tcp' && probe?.kind === 'http' && asksTraffic(listener, probe.port)) {
        if (reachedPorts(listener).every((port) => httpPorts.has(port))) continue;
        report({
          path,
          services: [name],
          message:
            `${title} relays TCP, and checks its servers by HTTP on the port that clients use. A server that speaks ` +
            "another protocol there is called down. Check it by { kind: 'connect' }, or use mode 'http' if it is HTTP.",
          mend: [{ path, value: { kind: 'connect' } }],
        });
      } else if (mode === 'http' && probe?.kind === 'connect' && asksTraffic(listener, probe.port)) {
        report({
          path,
          services: [name],
          message:
            `${title} is a web service, and its check only connects: a server that answers everything with an error ` +
            "stays in use. Check it by { kind: 'http' }, with a path and the status that is right for it.",
        });
      }
    }
  },
};

/** A check of another port may ask a page that speaks for all of the server. */
function asksTraffic(listener: ResolvedListenerConfig, port: number | undefined): boolean {
  return port === undefined || reachedPorts(listener).includes(port);
}
