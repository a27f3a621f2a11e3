import { expect } from 'vitest';
import { clients, dicom, web, type RuleCases } from '../rule-cases.ts';

const minute = { ...clients, ttlMs: 60_000 };
const cookie = { kind: 'httpCookie', maxIdleMs: 30_000 };

export const cases: RuleCases = {
  fires: [
    {
      what: 'an entry that expires before its idle connection',
      services: [web({ persistence: minute })],
      finds: {
        services: ['WEB'],
        path: 'services[0].keepAliveTimeoutMs',
        mend: [{ path: 'services[0].keepAliveTimeoutMs', value: 60_000 }],
      },
    },
    {
      what: 'the longest of several',
      services: [web({ persistence: { kind: 'chain', of: [cookie, minute] } })],
      finds: { mend: [{ path: 'services[0].keepAliveTimeoutMs', value: 60_000 }] },
    },
    {
      what: 'connections that are kept for ever',
      services: [web({ persistence: clients, keepAliveTimeoutMs: 'Infinity' })],
      finds: {
        message: expect.stringContaining('for ever, and remembers their clients for 1800 s') as unknown,
        mend: [{ path: 'services[0].keepAliveTimeoutMs', value: 1_800_000 }],
      },
    },
  ],
  passes: [
    {
      what: 'one of several that lasts',
      services: [web({ persistence: { kind: 'chain', of: [cookie, clients] } })],
    },
    {
      what: 'a connection that is as short',
      services: [web({ persistence: minute, keepAliveTimeoutMs: 60_000 })],
    },
    { what: 'a TCP session, which keeps its entry', services: [dicom({ persistence: minute })] },
    { what: 'no persistence at all', services: [web({ persistence: { kind: 'none' } })] },
  ],
};
