import { tcpDefaults } from '../../tcp/tcp-options.ts';
import { reachedPorts } from '../placed-services.ts';
import type { ResolvedListenerConfig } from '../resolved-config.ts';
import type { SmellRule } from '../rule.ts';

/** 104, 2761, 2762 and 11112 as registered for DICOM by IANA; 105 and 204 are query and worklist of INFINITT PACS. */
const dicomPorts: readonly number[] = [104, 105, 204, 2761, 2762, 11_112];

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
  const ports = [listener.port, ...reachedPorts(listener)];
  return /dicom/iu.test(listener.name) || ports.some((port) => dicomPorts.includes(port));
}
