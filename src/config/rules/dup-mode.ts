import { dicomPortsOf } from '../dicom-ports.ts';
import type { SmellRule } from '../rule.ts';

/** DICOM is no HTTP. */
export const dupMode: SmellRule = {
  id: 'dup-mode',
  severity: 'warning',
  why:
    'A service in `http` mode answers whatever is no HTTP with an error and closes the connection, so no modality gets an ' +
    'association. This is what becomes of a duplicate of the web service that got the port of DICOM and kept its mode.',
  check({ services }, report) {
    for (const { service, at } of services) {
      const [listener] = service.listeners;
      const [port] = dicomPortsOf(listener);
      if (listener.mode.name !== 'http' || port === undefined) continue;
      report({
        path: at('mode'),
        services: [service.name],
        message:
          `${service.name} takes HTTP alone, and port ${port} is one of DICOM: associations are refused. Use mode 'tcp', with ` +
          "persistence { kind: 'sourceIp' } and a check { kind: 'connect' }, or another port if it is HTTP.",
      });
    }
  },
};
