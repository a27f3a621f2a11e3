import { connectCheck, dicom, headCheck, names, type RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  fires: [
    {
      what: 'a connect to a name service',
      services: [names({ healthCheck: connectCheck })],
      finds: {
        services: ['NAMES'],
        path: 'services[0].healthCheck.probe',
        mend: [{ path: 'services[0].healthCheck.probe', value: { kind: 'nodeStatus' } }],
      },
    },
    {
      what: 'the same in the UDP half',
      services: [dicom({ mode: 'tcp+udp', port: 137, udp: { healthCheck: connectCheck } })],
      finds: {
        path: 'services[0].udp.healthCheck.probe',
        mend: [{ path: 'services[0].udp.healthCheck.probe', value: { kind: 'nodeStatus' } }],
      },
    },
    {
      what: 'an HTTP check of another UDP service',
      services: [names({ port: 514, healthCheck: headCheck })],
      finds: { mend: [] },
    },
  ],
  passes: [
    { what: 'node status', services: [names()] },
    {
      what: 'a status page on a port of its own',
      services: [names({ healthCheck: { probe: { kind: 'http', port: 80 } } })],
    },
    { what: 'a connect to a TCP service', services: [dicom()] },
  ],
};
