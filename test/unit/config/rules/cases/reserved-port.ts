import { dicom, servers, vip, web, type RuleCases } from '../rule-cases.ts';

const fallback = { server: { host: vip, port: 9081 } };
const local = { server: { host: '127.0.0.1', port: 9081 } };

export const cases: RuleCases = {
  fires: [
    {
      what: 'a fallback that is the service itself',
      services: [web({ fallback: { server: { host: vip, port: 80 } } })],
      finds: { services: ['WEB'], path: 'services[0].fallback.server', mend: [] },
    },
    {
      what: 'a DICOM service where the fallback should be',
      services: [web({ fallback: local }), dicom({ host: '0.0.0.0', port: 9081, servers })],
      finds: { services: ['WEB', 'DICOM'] },
    },
    {
      what: 'the TCP half of a service there',
      services: [
        web({ fallback }),
        dicom({
          port: 9081,
          mode: 'tcp+udp',
          udp: { healthCheck: { probe: { kind: 'external', command: 'true' } } },
        }),
      ],
      finds: { services: ['WEB', 'DICOM'] },
    },
  ],
  passes: [
    {
      what: 'a web service that has the page',
      services: [
        web({ fallback }),
        web({
          name: 'SORRY',
          port: 9081,
          servers: [{ name: 'PAGES', host: '192.168.85.9', port: 80 }],
          persistence: { kind: 'none' },
        }),
      ],
    },
    { what: 'the same port of another address', services: [web({ fallback: local }), dicom({ port: 9081 })] },
    {
      what: 'the same port in UDP',
      services: [
        web({ fallback }),
        {
          ...dicom({ port: 9081, mode: 'udp' }),
          healthCheck: { probe: { kind: 'external', command: 'true' } },
        },
      ],
    },
  ],
};
