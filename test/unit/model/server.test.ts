import { describe, expect, it } from 'vitest';
import { AddressClient, type Client } from '../../../src/model/client.ts';
import { formatEndpoint } from '../../../src/model/endpoint.ts';
import { Server } from '../../../src/model/server.ts';
import { addressOf } from '../../support/policies.ts';

describe('a server', () => {
  it('is online, of weight 1 and without a limit unless told otherwise', () => {
    expect(new Server({ name: 'INF_PACS1', host: '192.0.2.1' })).toMatchObject({
      port: undefined,
      weight: 1,
      backup: false,
      maxSessions: Infinity,
      adminState: 'online',
      health: 'unknown',
      ejected: false,
      sessions: 0,
    });
  });

  it('keeps its name, place, health and counters when it is configured anew', () => {
    const server = new Server({ name: 'a', host: '192.0.2.1', port: 104, weight: 5, backup: true });
    server.sessions = 3;
    server.health = 'up';
    server.reconfigure({ name: 'other', host: '192.0.2.9', port: 105, maxSessions: 7, adminState: 'drain' });
    expect(server).toMatchObject({ name: 'a', host: '192.0.2.1', port: 104, sessions: 3, health: 'up' });
    expect(server).toMatchObject({ weight: 1, backup: false, maxSessions: 7, adminState: 'drain' });
  });
});

it('a client that is known by its address has no cookies and no headers', () => {
  const client: Client = new AddressClient(addressOf('192.0.2.1'), 1, addressOf('192.0.2.2'), 80);
  expect([client.cookie('SERVERID'), client.header('Host')]).toEqual([undefined, undefined]);
});

it('an endpoint has brackets around IPv6', () => {
  expect(formatEndpoint('192.0.2.1', 104)).toBe('192.0.2.1:104');
  expect(formatEndpoint('pacs.example', 104)).toBe('pacs.example:104');
  expect(formatEndpoint('::1', 104)).toBe('[::1]:104');
});
