import { describe, expect, it } from 'vitest';
import type { ServiceConfig } from '../../../src/config/balancer-config.ts';
import { plainForMode, plainService, type PlainServiceConfig } from '../../../src/config/plain-config.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import type { ResolvedServiceConfig } from '../../../src/config/resolved-config.ts';

const modes = ['tcp', 'http', 'udp', 'tcp+udp'] as const;
const pairs = modes.flatMap((from) => modes.map((to) => [from, to] as const));
const servers = [{ name: 'A', host: '192.0.2.1' }];

function read(service: object): ResolvedServiceConfig {
  return readConfig({
    services: [{ name: 'S', port: 104, servers, persistence: { kind: 'sourceIp' }, ...service }],
  }).services[0]!;
}

function copyOf(service: ResolvedServiceConfig, mode: ServiceConfig['mode']): PlainServiceConfig {
  return plainForMode(plainService(service, service.listeners[0].pool.servers), service, mode);
}

describe('what a copy of another mode begins with', () => {
  it.each(pairs)('is right for a service of mode %s that becomes %s', (from, to) => {
    const copy = read({ ...copyOf(read({ mode: from, maxQueued: 7 }), to), mode: to });
    const [listener] = copy.listeners;
    expect(listener.pool).toMatchObject({ maxQueued: 7, servers });
    expect(listener.persistence).toMatchObject({ kind: 'sourceIp' });
    const [plain] = read({ mode: to }).listeners;
    expect([listener.mode, listener.arrival]).toEqual([plain.mode, plain.arrival]);
  });

  it('keeps how connections arrive, but not what the mode says of it', () => {
    const copy = copyOf(read({ mode: 'http', maxSessions: 9, quickAck: false }), 'tcp');
    expect(copy).toMatchObject({ maxSessions: 9 });
    expect(copy).not.toHaveProperty('quickAck');
    expect(copyOf(read({ mode: 'http', maxSessions: 9 }), 'udp')).not.toHaveProperty('maxSessions');
  });

  it('keeps the options that both halves of a TCP service mean', () => {
    expect(copyOf(read({ mode: 'tcp+udp', idleTimeoutMs: 9, udp: {} }), 'tcp')).toMatchObject({
      idleTimeoutMs: 9,
    });
    expect(copyOf(read({ mode: 'tcp', idleTimeoutMs: 9, quickAck: false }), 'tcp+udp')).toMatchObject({
      idleTimeoutMs: 9,
      quickAck: false,
    });
  });

  it('is all of it where nobody knows the mode', () => {
    const service = read({ mode: 'tcp' });
    expect(copyOf(service, 'ftp' as 'tcp')).toEqual(plainService(service, service.listeners[0].pool.servers));
  });
});
