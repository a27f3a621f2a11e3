import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Balancer, type BalancerConfig } from '../../../src/index.ts';
import { modes } from '../../../src/config/modes.ts';
import { readConfig } from '../../../src/config/read-config.ts';
import { echoMode } from '../../support/echo-mode/echo-mode.ts';

const registry: { tcp: unknown; echo?: unknown } = modes;

/** A configuration of a mode that TypeScript does not know of. */
function configOf(service: object): BalancerConfig {
  const basics = { name: 'ECHO', host: '127.0.0.1', port: 0, servers: [{ name: 'A', host: '127.0.0.1' }] };
  return { services: [{ ...basics, mode: 'echo', ...service } as unknown as BalancerConfig['services'][0]] };
}

beforeEach(() => {
  // This is all that a mode needs besides its own folder.
  registry.echo = echoMode;
});

afterEach(() => {
  delete registry.echo;
});

describe('a mode that is one line in the list of modes', () => {
  it('is read, run, counted and stopped as any other', async () => {
    await using balancer = new Balancer(configOf({ prefix: '> ' }));
    await balancer.start();
    const port = balancer.overview().services[0]!.listeners[0]!.port;
    const socket = connect(port, '127.0.0.1');
    socket.end('hello');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toBe('> hello');
    await once(socket, 'close');
    expect(balancer.overview().services[0]?.listeners[0]).toMatchObject({
      protocol: 'echo',
      sessionsTotal: 1,
    });
  });

  it('refuses wrong options with the others', () => {
    expect(() => readConfig(configOf({ prefix: 7, persistence: { kind: 'httpCookie' } }))).toThrow(
      /services\[0\]\.prefix(.|\n)*mode 'echo' offers \(not cookie:SERVERID\)/,
    );
  });

  it('gives its configuration back', () => {
    expect(new Balancer(configOf({ prefix: '> ' })).config).toMatchObject({
      services: [{ mode: 'echo', prefix: '> ' }],
    });
  });
});
