import { dicom, names, servers, web, type RuleCases } from '../rule-cases.ts';

const without = { healthCheck: undefined };

export const cases: RuleCases = {
  fires: [
    {
      what: 'two servers without a check',
      services: [dicom(without)],
      finds: {
        services: ['DICOM'],
        path: 'services[0].healthCheck',
        mend: [{ path: 'services[0].healthCheck', value: { probe: { kind: 'connect' } } }],
      },
    },
    { what: 'a web service without one', services: [web(without)], finds: { mend: [] } },
    { what: 'a UDP service without one', services: [names(without)], finds: { mend: [] } },
    {
      what: 'a UDP half without one',
      services: [dicom({ mode: 'tcp+udp' })],
      finds: { path: 'services[0].udp.healthCheck', mend: [] },
    },
  ],
  passes: [{ what: 'a server that is alone', services: [dicom({ ...without, servers: [servers[0]] })] }],
};
