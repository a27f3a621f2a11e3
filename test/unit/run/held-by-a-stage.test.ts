import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modes } from '../../../src/config/modes.ts';
import type { Connection } from '../../../src/engine/engine.ts';
import { Balancer, type BalancerConfig } from '../../../src/index.ts';
import type { MakeStage } from '../../../src/path/arrival-stage.ts';
import { Condition } from '../../contract/engine/condition.ts';
import { Recorder } from '../../contract/engine/recorder.ts';
import { echoMode } from '../../support/echo-mode/echo-mode.ts';

const registry: { tcp: unknown; echo?: unknown } = modes;
const arrived = new Condition();
/** What lets each client go on that a stage holds, in order of arrival. */
const held: (() => void)[] = [];

const hold: MakeStage = (onward) => {
  const connections = new Set<Connection>();
  return {
    onAccept: (connection) => {
      connections.add(connection);
      const handler = new Recorder();
      handler.on.close = () => onward.gone();
      connection.handler = handler;
      held.push(() => {
        connections.delete(connection);
        onward.pass(connection);
      });
      arrived.changed();
    },
    close: () => {
      for (const connection of connections) connection.reset();
    },
  };
};

function configOf(prefix: string): BalancerConfig {
  const servers = [{ name: 'A', host: '127.0.0.1' }];
  const service = { name: 'ECHO', mode: 'echo', host: '127.0.0.1', port: 0, servers, prefix };
  return { services: [service as unknown as BalancerConfig['services'][0]] };
}

beforeEach(() => {
  held.length = 0;
  registry.echo = { ...echoMode, stages: () => [hold] };
});

afterEach(() => {
  delete registry.echo;
});

describe('a client that a stage holds', () => {
  async function start(): Promise<{ balancer: Balancer; client: Socket }> {
    const balancer = new Balancer(configOf('old '));
    await balancer.start();
    const client = connect(balancer.overview().services[0]!.listeners[0]!.port, '127.0.0.1');
    client.on('error', () => undefined);
    await arrived.until(() => held.length === 1);
    return { balancer, client };
  }

  it('is served by the run that accepted it, when another run takes the port over', async () => {
    const { balancer, client } = await start();
    await using _stopped = balancer;
    const before = balancer.overview().services[0]?.listeners[0]?.port;
    const applied = balancer.apply(configOf('new '));
    const second = connect(before ?? 0, '127.0.0.1');
    // It arrives at one run or the other, and that is the next one as soon as it serves.
    await arrived.until(() => held.length === 2);
    held[0]?.();
    client.end('hello');
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toBe('old hello');
    await once(client, 'close');
    held[1]?.();
    second.end();
    await applied;
  });

  it('is cut when the service stops at once', async () => {
    const { balancer, client } = await start();
    await balancer.stop({ graceMs: 0 });
    if (!client.closed) await once(client, 'close');
    expect(client.bytesRead).toBe(0);
  });
});
