import { dicom, serversWith, type RuleCases } from '../rule-cases.ts';

const short = { idleTimeoutMs: 60_000 };

export const cases: RuleCases = {
  fires: [
    {
      what: 'a minute of silence on a DICOM port',
      services: [dicom({ name: 'STORE', ...short })],
      finds: {
        services: ['STORE'],
        path: 'services[0].idleTimeoutMs',
        mend: [{ path: 'services[0].idleTimeoutMs', value: 43_200_000 }],
      },
    },
    {
      what: 'the same on the port of the servers',
      services: [dicom({ name: 'STORE', port: 8104, servers: serversWith({ port: 11_112 }), ...short })],
      finds: { path: 'services[0].idleTimeoutMs' },
    },
    {
      what: 'the same by the name of the service',
      services: [dicom({ name: 'ct-dicom', port: 8104, servers: serversWith({ port: 4242 }), ...short })],
      finds: { services: ['ct-dicom'] },
    },
  ],
  passes: [
    { what: 'an hour', services: [dicom({ idleTimeoutMs: 3_600_000 })] },
    { what: 'any silence', services: [dicom({ idleTimeoutMs: 'Infinity' })] },
    { what: 'a minute of another protocol', services: [dicom({ name: 'HL7', port: 2575, ...short })] },
  ],
};
