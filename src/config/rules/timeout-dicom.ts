import { tcpDefaults } from '../../tcp/tcp-options.ts';
import { dicomPortsOf } from '../dicom-ports.ts';
import type { ResolvedListenerConfig } from '../resolved-config.ts';
import type { SmellRule } from '../rule.ts';

/** The appliance's limit for long-lived services. */
const applianceIdleMs = 12 * 3_600_000;

/** DICOM associations may be silent for an hour at least. */
export const timeoutDicom: SmellRule = {
  id: 'timeout-dicom',
  severity: 'warning',
  why:
    'A modality keeps an association open between studies, and an archive is silent while it fetches from tape. A shorter ' +
    'idle limit cuts them, and many a modality shows that as a failed transfer. The default is an hour; appliances give ' +
    'long-lived services 12 hours. A client that is gone is found by keep-alive, not by this limit.',
  check({ services }, report) {
    for (const { service, at } of services) {
      const [listener] = service.listeners;
      const { name: mode, options } = listener.mode;
      if (mode !== 'tcp' || options.idleTimeoutMs >= tcpDefaults.idleTimeoutMs || !isDicom(listener))
        continue;
      const path = at('idleTimeoutMs');
      report({
        path,
        services: [service.name],
        message:
          `${service.name} closes DICOM associations that are silent for ${options.idleTimeoutMs / 1000} s. Give them an ` +
          'hour at least, or the 12 hours of the appliance.',
        mend: [{ path, value: applianceIdleMs }],
      });
    }
  },
};

function isDicom(listener: ResolvedListenerConfig): boolean {
  return /dicom/iu.test(listener.name) || dicomPortsOf(listener).length > 0;
}
