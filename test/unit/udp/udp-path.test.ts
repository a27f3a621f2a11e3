import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IpAddress } from '../../../src/model/address.ts';
import type { ServerOptions } from '../../../src/model/server.ts';
import type { PathContext } from '../../../src/path/path-context.ts';
import type { SessionClosedEvent } from '../../../src/facts/service-events.ts';
import { VirtualClock } from '../../../src/runtime/virtual-clock.ts';
import { UdpPath } from '../../../src/udp/udp-path.ts';
import { udpDefaults, type UdpOptions } from '../../../src/udp/udp-options.ts';
import { makeUdpContext } from '../../support/udp-context.ts';
import { FakeServicePort, FakeUdpEngine, type FakeServerPort } from './fake-udp-engine.ts';

const threeServers: readonly ServerOptions[] = ['A', 'B', 'C'].map((name, index) => ({
  name,
  host: `10.0.0.${index + 1}`,
}));

let clock: VirtualClock;
let engine: FakeUdpEngine;
let servicePort: FakeServicePort;
let context: PathContext;
let path: UdpPath;
let closed: SessionClosedEvent[];

function start(servers = threeServers, options: UdpOptions = {}): void {
  clock = new VirtualClock();
  engine = new FakeUdpEngine();
  servicePort = new FakeServicePort();
  closed = [];
  context = makeUdpContext({ engine, clock, port: 137, servers });
  context.facts.on('flowClosed', (event) => closed.push(event));
  path = new UdpPath(context, { ...udpDefaults, ...options });
}

/** A client sends a datagram, in the middle of a larger buffer and from an address that the engine reuses. */
const reusedSource = new IpAddress();
const reusedLocal = new IpAddress();
function send(client: string, text: string, port = 1000, local = '127.0.0.1'): void {
  const bytes = Buffer.from(`<${text}>`, 'latin1');
  reusedSource.setText(client);
  reusedLocal.setText(local);
  path.onDatagram(servicePort, bytes, 1, bytes.length - 1, reusedSource, port, reusedLocal);
  reusedSource.setText('203.0.113.99');
  reusedLocal.setText('203.0.113.98');
}

function portAt(index: number): FakeServerPort {
  const port = engine.ports[index];
  if (port === undefined) throw new Error(`no port ${index} was opened`);
  return port;
}

function sessionsOf(): readonly number[] {
  return context.pool.servers.map((server) => server.sessions);
}

beforeEach(() => {
  start();
});
afterEach(() => {
  path.abort('stopped');
});

describe('UdpPath', () => {
  it('takes memory for the flows that there may be first, not for all that are allowed', () => {
    const count = 8;
    const contexts = Array.from({ length: count }, () =>
      makeUdpContext({ engine, clock, port: 137, servers: threeServers }),
    );
    const before = process.memoryUsage().arrayBuffers;
    const paths = contexts.map((each) => new UdpPath(each, udpDefaults));
    // A table for 65,536 flows takes 5.5 MB. Garbage of others that goes meanwhile is much less than eight of them.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(count * 128 * 1024);
    for (const each of paths) each.abort('stopped');
  });

  it('gives each client address and port a flow and a port of its own', () => {
    send('192.0.2.1', 'one', 137);
    send('192.0.2.2', 'two', 137);
    send('192.0.2.1', 'three', 138);
    send('192.0.2.1', 'four', 137);
    expect(engine.ports.map((port) => port.sent)).toEqual([['one', 'four'], ['two'], ['three']]);
    expect(engine.ports.map((port) => port.server)).toEqual(['10.0.0.1:137', '10.0.0.2:137', '10.0.0.3:137']);
    expect(path.size).toBe(3);
    expect(context.counters).toMatchObject({ sessions: 3, sessionsTotal: 3, bytesFromClients: 15 });
    expect(sessionsOf()).toEqual([1, 1, 1]);
  });

  it('sends replies to their client, empty ones too', () => {
    send('192.0.2.1', '', 137);
    send('192.0.2.2', 'b', 137);
    portAt(1).reply('for b');
    portAt(0).reply('');
    expect(portAt(0).sent).toEqual(['']);
    expect(servicePort.sent).toEqual(['192.0.2.2:137 for b', '192.0.2.1:137 ']);
    expect(context.pool.get('B')).toMatchObject({ bytesFromClients: 1, bytesFromServer: 5 });
  });

  it('drops what claims to come from the service itself', () => {
    send('127.0.0.1', 'loop', 137);
    expect(engine.ports).toEqual([]);
    expect(context.counters.droppedTotal).toBe(1);
    send('127.0.0.1', 'neighbour', 138);
    expect(engine.ports).toHaveLength(1);
  });

  it('keeps the addresses apart that a client asks, and answers from each', () => {
    send('192.0.2.1', 'one', 1000, '10.0.0.150');
    send('192.0.2.1', 'two', 1000, '10.0.0.151');
    send('192.0.2.1', 'three', 1000, '10.0.0.150');
    expect(engine.ports.map((port) => port.sent)).toEqual([['one', 'three'], ['two']]);
    portAt(1).reply('b');
    portAt(0).reply('a');
    expect(servicePort.sentFrom).toEqual(['10.0.0.151', '10.0.0.150']);
  });

  it('turns clients away while no server is available', () => {
    start([{ name: 'A', host: '10.0.0.1', adminState: 'halt' }]);
    const refused: unknown[] = [];
    const decisions: unknown[] = [];
    context.facts.on('clientRefused', (event) => refused.push(event));
    context.facts.on('decisionMade', (event) => decisions.push(event));
    send('192.0.2.1', 'x');
    expect(path.size).toBe(0);
    expect(context.counters).toMatchObject({ droppedTotal: 1, refusedTotal: 1, sessions: 0 });
    expect(refused).toMatchObject([{ client: '192.0.2.1:1000', reason: 'no-server' }]);
    expect(decisions).toMatchObject([{ server: undefined, reason: 'none' }]);
    expect(clock.pending).toBe(0);
  });

  it('counts a success for passive health once, at the first reply', () => {
    let successes = 0;
    const { pool } = context;
    const connected = pool.connected.bind(pool);
    pool.connected = (server) => {
      successes += 1;
      connected(server);
    };
    send('192.0.2.1', 'x');
    expect(successes).toBe(0);
    portAt(0).reply('1');
    portAt(0).reply('2');
    expect(successes).toBe(1);
  });
});

describe('a flow whose server cannot be reached', () => {
  it('moves, so that the next datagram goes to another server', () => {
    const failures: unknown[] = [];
    context.facts.on('connectFailed', (event) => failures.push(event));
    send('192.0.2.1', 'first');
    portAt(0).fail('SLUICE_ERR_CONNECT_REFUSED', 'server');
    send('192.0.2.1', 'second');
    expect(portAt(0)).toMatchObject({ server: '10.0.0.1:137', isClosed: true });
    expect(portAt(1)).toMatchObject({ server: '10.0.0.2:137', sent: ['second'] });
    expect(failures).toMatchObject([{ server: 'A', error: 'SLUICE_ERR_CONNECT_REFUSED' }]);
    expect(closed).toMatchObject([{ server: 'A', reason: 'connect-failed', bytesFromClient: 5 }]);
    expect(context.pool.get('A')).toMatchObject({ connectFailuresTotal: 1, sessions: 0 });
    expect(sessionsOf()).toEqual([0, 1, 0]);
    expect(path.size).toBe(1);
  });

  it('does not come back to a server that it tried, and ends where all were', () => {
    send('192.0.2.1', 'x');
    for (const index of [0, 1, 2]) portAt(index).fail('SLUICE_ERR_CONNECT', 'server');
    expect(engine.ports.map((port) => port.server)).toEqual(['10.0.0.1:137', '10.0.0.2:137', '10.0.0.3:137']);
    expect(path.size).toBe(0);
    expect(clock.pending).toBe(0);
    send('192.0.2.1', 'again');
    expect(portAt(3).sent).toEqual(['again']);
  });

  it('is told to passive health, which takes the server out', () => {
    send('192.0.2.1', 'x');
    for (let client = 1; client <= 20; client++) {
      send(`192.0.2.${client}`, 'x');
      for (const port of engine.open) {
        if (port.server === '10.0.0.1:137') port.fail('SLUICE_ERR_CONNECT_REFUSED', 'server');
      }
    }
    expect(context.pool.get('A')?.ejected).toBe(true);
  });

  it('is not blamed for what is wrong on this side', () => {
    send('192.0.2.1', 'x');
    portAt(0).fail('SLUICE_ERR_LIMIT', 'local');
    expect(path.size).toBe(1);
    expect(context.counters.droppedTotal).toBe(1);
    portAt(0).fail('SLUICE_ERR_CONNECT', 'local');
    expect(closed).toMatchObject([{ reason: 'internal', error: 'SLUICE_ERR_CONNECT' }]);
    expect(context.pool.get('A')).toMatchObject({ connectFailuresTotal: 0, sessions: 0 });
    expect(path.size).toBe(0);
  });
});

describe('a flow whose server may not be used any more', () => {
  it.each([
    ['halted', () => context.pool.setAdminState('A', 'halt')],
    ['removed', () => context.pool.updateServers(threeServers.slice(1))],
    [
      'replaced by one of the same name',
      () => context.pool.updateServers([{ name: 'A', host: '10.0.0.9' }, ...threeServers.slice(1)]),
    ],
  ])('is picked anew at the next datagram: %s', (_, change) => {
    send('192.0.2.1', 'before');
    change();
    expect(path.size).toBe(1);
    send('192.0.2.1', 'after');
    expect(portAt(0).isClosed).toBe(true);
    expect(portAt(1).server).not.toBe('10.0.0.1:137');
    expect(portAt(1).sent).toEqual(['after']);
    expect(closed).toMatchObject([{ server: 'A', reason: 'server-down' }]);
    expect(path.size).toBe(1);
  });

  it('stays on a server that only drains', () => {
    send('192.0.2.1', 'before');
    context.pool.setAdminState('A', 'drain');
    send('192.0.2.1', 'after');
    expect(portAt(0).sent).toEqual(['before', 'after']);
  });

  it('ends at once by abort, which leaves those of other servers', () => {
    for (let client = 1; client <= 6; client++) send(`192.0.2.${client}`, 'x');
    expect(path.abort('server-down', context.pool.get('B'))).toBe(2);
    expect(sessionsOf()).toEqual([2, 0, 2]);
    expect(closed.map((event) => event.server)).toEqual(['B', 'B']);
    expect(path.abort('stopped')).toBe(4);
    expect(engine.open).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe('idle flows', () => {
  it('end exactly at the limit: sooner where nothing was ever answered', async () => {
    send('192.0.2.1', 'x');
    send('192.0.2.2', 'x');
    portAt(1).reply('y');
    await clock.advance(14_999);
    expect(path.size).toBe(2);
    await clock.advance(1);
    expect(closed).toMatchObject([{ client: '192.0.2.1:1000', reason: 'idle', durationMs: 15_000 }]);
    await clock.advance(14_999);
    expect(path.size).toBe(1);
    await clock.advance(1);
    expect(closed[1]).toMatchObject({ client: '192.0.2.2:1000', reason: 'idle', durationMs: 30_000 });
    expect(engine.open).toEqual([]);
    expect(sessionsOf()).toEqual([0, 0, 0]);
  });

  it('live as long as either side sends', async () => {
    send('192.0.2.1', 'x');
    portAt(0).reply('y');
    for (let second = 0; second < 100; second += 25) {
      await clock.advance(25_000);
      if (second % 50 === 0) send('192.0.2.1', 'x');
      else portAt(0).reply('y');
    }
    expect(path.size).toBe(1);
    await clock.advance(30_000);
    expect(path.size).toBe(0);
  });

  it('need one timer for all, and none when there are none', async () => {
    for (let client = 1; client <= 200; client++) {
      send(`192.0.2.${client}`, 'x');
      await clock.advance(7);
      expect(clock.pending).toBe(1);
    }
    await clock.advance(15_000);
    expect(path.size).toBe(0);
    expect(clock.pending).toBe(0);
  });
});

describe('a full table', () => {
  it('gives up the longest silent flow, unanswered ones first', () => {
    start(threeServers, { maxFlows: 3 });
    send('192.0.2.1', 'x');
    send('192.0.2.2', 'x');
    send('192.0.2.3', 'x');
    portAt(0).reply('y');
    send('192.0.2.2', 'x');
    send('192.0.2.4', 'x');
    send('192.0.2.5', 'x');
    send('192.0.2.6', 'x');
    expect(closed.map((event) => event.client)).toEqual([
      '192.0.2.3:1000',
      '192.0.2.2:1000',
      '192.0.2.4:1000',
    ]);
    expect(closed.every((event) => event.reason === 'evicted')).toBe(true);
    expect(path.size).toBe(3);
    expect(engine.open).toHaveLength(3);
    portAt(0).reply('still there');
    expect(servicePort.sent.at(-1)).toBe('192.0.2.1:1000 still there');
  });
});

describe('at the limit of descriptors', () => {
  it('has an unanswered flow of the source with the most make room', () => {
    engine.mostPorts = 3;
    send('192.0.2.1', 'x');
    send('192.0.2.66', 'x', 1);
    send('192.0.2.66', 'x', 2);
    send('192.0.2.2', 'x');
    expect(closed).toMatchObject([{ client: '192.0.2.66:1', reason: 'evicted' }]);
    expect(engine.open.length).toBe(3);
  });

  it('drops the datagram where there is none at all, and keeps nothing', () => {
    engine.mostPorts = 0;
    send('192.0.2.1', 'x');
    expect([path.size, context.counters.droppedTotal, ...sessionsOf()]).toEqual([0, 1, 0, 0, 0]);
    engine.mostPorts = 1;
    send('192.0.2.1', 'x');
    expect(path.size).toBe(1);
  });
});

describe('draining', () => {
  it('waits for answers that are due, and takes no new flow', async () => {
    send('192.0.2.1', 'x');
    send('192.0.2.2', 'x');
    portAt(0).reply('y');
    let isDrained = false;
    const drained = path.drain().then(() => (isDrained = true));
    expect(closed).toMatchObject([{ client: '192.0.2.1:1000', reason: 'finished' }]);
    send('192.0.2.3', 'x');
    expect(context.counters.droppedTotal).toBe(1);
    await clock.advance(1);
    expect(isDrained).toBe(false);
    portAt(1).reply('y');
    await drained;
    expect(servicePort.sent).toEqual(['192.0.2.1:1000 y', '192.0.2.2:1000 y']);
    expect(path.size).toBe(0);
  });

  it('is over at once where there is no flow', async () => {
    await path.drain();
    await path.drain();
  });

  it('ends flows that get no answer at their limit', async () => {
    send('192.0.2.1', 'x');
    const drained = path.drain();
    await clock.advance(15_000);
    await drained;
    expect(closed).toMatchObject([{ reason: 'idle' }]);
  });
});

describe('handlers of events that end flows themselves', () => {
  it('do not end a flow twice', () => {
    for (let client = 1; client <= 3; client++) send(`192.0.2.${client}`, 'x');
    context.facts.on('flowClosed', () => {
      path.abort('stopped');
    });
    path.abort('drain-deadline');
    expect(closed).toHaveLength(3);
    expect(context.counters.sessions).toBe(0);
    expect(sessionsOf()).toEqual([0, 0, 0]);
    send('192.0.2.1', 'anew');
    expect(path.size).toBe(1);
  });

  it('leave the table in order', async () => {
    context.facts.on('flowOpened', () => {
      path.abort('stopped');
    });
    context.facts.on('flowClosed', () => {
      path.abort('stopped');
    });
    send('192.0.2.1', 'x');
    send('192.0.2.2', 'x');
    expect(path.size).toBe(0);
    expect(engine.open).toEqual([]);
    expect(context.counters).toMatchObject({ sessions: 0, sessionsTotal: 2, droppedTotal: 2 });
    expect(sessionsOf()).toEqual([0, 0, 0]);
    await clock.advance(60_000);
    expect(clock.pending).toBe(0);
  });
});
