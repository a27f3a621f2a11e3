import { expect } from 'vitest';
import { clients, web, type RuleCases } from '../rule-cases.ts';

const others = [
  { name: 'ADMIN1', host: '192.168.85.210' },
  { name: 'ADMIN2', host: '192.168.85.211' },
];

function admin(changes: object = {}, cookie: object = {}): object {
  const persistence = {
    kind: 'chain',
    of: [
      { kind: 'httpCookie', ...cookie },
      { ...clients, table: 'admins' },
    ],
  };
  return web({ name: 'ADMIN', port: 8080, servers: others, persistence, ...changes });
}

export const cases: RuleCases = {
  fires: [
    {
      what: 'one cookie for other servers on one address',
      services: [web(), admin()],
      finds: {
        services: ['ADMIN', 'WEB'],
        path: 'services[1].persistence.of[0].name',
        mend: [{ path: 'services[1].persistence.of[0].name', value: 'SERVERID_ADMIN' }],
      },
    },
    {
      what: 'one cookie with another secret',
      services: [
        web({ persistence: { kind: 'httpCookie' } }),
        web({ name: 'ADMIN', port: 8080, persistence: { kind: 'httpCookie', secret: 'x' } }),
      ],
      finds: { path: 'services[1].persistence.name', message: expect.not.stringContaining("'x'") as unknown },
    },
    {
      what: 'one domain over two addresses',
      services: [
        web({ persistence: { kind: 'httpCookie', domain: 'hospital.example' } }),
        admin({ host: '192.168.85.151' }, { domain: '.Hospital.example' }),
      ],
      finds: { services: ['ADMIN', 'WEB'] },
    },
    {
      what: 'a name that has no room for another one',
      services: [
        web({ persistence: { kind: 'httpCookie', name: 'N'.repeat(128) } }),
        admin({}, { name: 'N'.repeat(128) }),
      ],
      finds: { mend: [] },
    },
  ],
  passes: [
    { what: 'the same servers', services: [web(), web({ name: 'ADMIN', port: 8080 })] },
    { what: 'another name', services: [web(), admin({}, { name: 'ADMINID' })] },
    { what: 'another path', services: [web(), admin({}, { path: '/admin' })] },
    { what: 'another address', services: [web(), admin({ host: '192.168.85.151' })] },
    { what: 'another domain', services: [web(), admin({}, { domain: 'hospital.example' })] },
  ],
};
