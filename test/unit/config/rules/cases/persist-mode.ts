import { expect } from 'vitest';
import { cookieThenClients, dicom, names, web, type RuleCases } from '../rule-cases.ts';

export const cases: RuleCases = {
  fires: [
    {
      what: 'a cookie in front of the address, in a mode that knows no cookies',
      services: [dicom({ persistence: cookieThenClients })],
      finds: {
        services: ['DICOM'],
        path: 'services[0].persistence',
        message: expect.stringContaining("mode 'tcp' offers (not cookie:SERVERID)") as unknown,
        mend: [{ path: 'services[0].persistence.of[0]', remove: true }],
      },
    },
    {
      what: 'a cookie alone, over UDP',
      services: [names({ persistence: { kind: 'httpCookie' } })],
      finds: { mend: [{ path: 'services[0].persistence', value: { kind: 'sourceIp' } }] },
    },
    {
      what: 'several cookies, in chains of chains',
      services: [
        dicom({
          persistence: {
            kind: 'chain',
            of: [
              { kind: 'chain', of: [{ kind: 'httpCookie' }] },
              { kind: 'sourceIp' },
              { kind: 'httpCookie' },
            ],
          },
        }),
      ],
      finds: {
        mend: [
          { path: 'services[0].persistence.of[2]', remove: true },
          { path: 'services[0].persistence.of[0]', remove: true },
        ],
      },
    },
  ],
  passes: [
    { what: 'the same persistence in http mode', services: [web({ persistence: cookieThenClients })] },
  ],
};
