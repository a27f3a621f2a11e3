import { sourceIp } from '../../../../../src/persistence/source-ip.ts';
import { clients, cookieThenClients, web, type RuleCases } from '../rule-cases.ts';

const behindProxies = { forwardedFor: 'append' };

export const cases: RuleCases = {
  fires: [
    {
      what: 'proxies that are remembered by address',
      services: [web({ ...behindProxies, persistence: clients })],
      finds: { services: ['WEB'], path: 'services[0].persistence', mend: [] },
    },
    {
      what: 'a cookie that is asked second',
      services: [
        web({ ...behindProxies, persistence: { kind: 'chain', of: [clients, { kind: 'httpCookie' }] } }),
      ],
      finds: { path: 'services[0].persistence.of[0]' },
    },
  ],
  passes: [
    {
      what: 'a cookie that is asked first',
      services: [web({ ...behindProxies, persistence: cookieThenClients })],
    },
    {
      what: 'a live persistence, of which nothing is known',
      services: [web({ ...behindProxies, persistence: sourceIp() })],
    },
    {
      what: 'nobody who is remembered',
      services: [web({ ...behindProxies, persistence: { kind: 'none' } })],
    },
    { what: 'clients that come by themselves', services: [web({ persistence: clients })] },
  ],
};
