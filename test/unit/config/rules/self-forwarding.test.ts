import { describe, expect, it } from 'vitest';
import { problemsOf } from './problems-of.ts';

function problemsWith(host: string, port: number, server: { host: string; port?: number }) {
  return problemsOf('self-forwarding', {
    services: [{ name: 'S', mode: 'tcp', host, port, servers: [{ name: 'A', ...server }] }],
  });
}

describe('rule self-forwarding', () => {
  it.each([
    ['10.0.0.1', 104, { host: '10.0.0.1' }],
    ['10.0.0.1', 104, { host: '10.0.0.1', port: 104 }],
    ['10.0.0.1', 104, { host: '::ffff:10.0.0.1' }],
    ['0.0.0.0', 104, { host: '127.0.0.9' }],
    ['::', 104, { host: 'localhost' }],
    ['::', 104, { host: '::1' }],
  ])('refuses a service on %s port %d whose server is %j', (host, port, server) => {
    const [problem] = problemsWith(host, port, server);
    expect(problem).toMatchObject({
      path: 'services[0].servers[0]',
      expected: 'a different address or port than the service itself',
    });
  });

  it.each([
    ['10.0.0.1', 104, { host: '10.0.0.2' }],
    ['10.0.0.1', 104, { host: '10.0.0.1', port: 11_112 }],
    ['127.0.0.1', 0, { host: '127.0.0.1' }],
    ['0.0.0.0', 104, { host: '10.0.0.2' }],
    ['10.0.0.1', 104, { host: 'pacs1.hospital.example' }],
  ])('accepts a service on %s port %d whose server is %j', (host, port, server) => {
    expect(problemsWith(host, port, server)).toEqual([]);
  });
});
