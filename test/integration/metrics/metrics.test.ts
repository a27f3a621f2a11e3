import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { metricsText, type Balancer, type ServiceConfig } from '../../../src/index.ts';
import { readExposition, type ReadMetric } from '../../support/exposition-reader.ts';
import { BalancerScene, tcpService } from '../balancer/balancer-scene.ts';

let scene: BalancerScene;
const closers: (() => unknown)[] = [];

beforeEach(() => {
  scene = new BalancerScene();
});
afterEach(async () => {
  await scene.close();
  for (const close of closers.splice(0)) close();
});

type Labels = Readonly<Record<string, string>>;

function read(balancer: Balancer): ReadonlyMap<string, ReadMetric> {
  return readExposition(balancer.metrics.text());
}

/** The one sample of a metric that has these labels. */
function valueOf(balancer: Balancer, name: string, labels: Labels = {}): number | undefined {
  const samples = [...read(balancer).values()]
    .flatMap(({ samples: of }) => of)
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value));
  expect(samples.length, name).toBeLessThanOrEqual(1);
  return samples[0]?.value;
}

async function webServer(name: string): Promise<{ name: string; host: string; port: number }> {
  const server = createServer((_, response) => response.end(name));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  );
  return { name, host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

/** A socket that answers every datagram with its text. */
async function echoServer(name: string): Promise<{ name: string; host: string; port: number }> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.on('message', (bytes, from) => {
    socket.send(bytes, from.port, from.address);
  });
  closers.push(() => socket.close());
  return { name, host: '127.0.0.1', port: socket.address().port };
}

async function ask(port: number, text: string): Promise<void> {
  const socket = createSocket('udp4');
  closers.push(() => socket.close());
  const answered = once(socket, 'message');
  socket.send(text, port, '127.0.0.1');
  await answered;
}

async function oneSession(service: string): Promise<void> {
  const before = scene.facts.of('sessionClosed').length;
  const client = await scene.session(service);
  client.send('hello');
  client.socket.end();
  for (const server of [s1, s2]) for (const session of server.sessions) session.socket.end();
  await scene.facts.count('sessionClosed', before + 1);
}

type Tiny = Awaited<ReturnType<BalancerScene['addServer']>>;
let s1: Tiny;
let s2: Tiny;

describe('the metrics of a balancer', () => {
  beforeEach(async () => {
    s1 = await scene.addServer('s1');
    s2 = await scene.addServer('s2');
  });

  it('tell what each service did, as the overview does', async () => {
    const persistence = { kind: 'sourceIp', maxEntries: 1000 } as const;
    const healthCheck = { probe: { kind: 'connect' }, startJitterMs: 0, rise: 1 } as const;
    const web = await webServer('w1');
    const local = { host: '127.0.0.1', port: 0 } as const;
    const balancer = await scene.start(
      tcpService('T', [s1.options, s2.options], { persistence, healthCheck }),
      { ...local, name: 'W', mode: 'http', servers: [web] },
      { ...local, name: 'U', mode: 'udp', servers: [await echoServer('u1')], maxFlows: 50 },
      tcpService('NOBODY', []),
    );
    expect(balancer.overview().services[0]?.listeners[0]?.durations).toBeUndefined();
    balancer.metrics.text();
    await oneSession('T');
    const answer = await fetch(`http://127.0.0.1:${scene.portOf('W')}/`, {
      headers: { Connection: 'close' },
    });
    expect(await answer.text()).toBe('w1');
    await ask(scene.portOf('U'), 'datagram');
    await scene.connect('NOBODY').untilReset();
    await scene.facts.first('serverHealthChanged', ({ server }) => server === 's2');
    await scene.facts.first('sessionClosed', ({ service }) => service === 'W');

    const [t, w, u] = ['T', 'W', 'U'].map((service) => ({ service }));
    expect(valueOf(balancer, 'sluice_service_sessions_total', t)).toBe(1);
    expect(valueOf(balancer, 'sluice_service_table_entries', t)).toBe(1);
    expect(valueOf(balancer, 'sluice_service_table_limit', t)).toBe(1000);
    expect(valueOf(balancer, 'sluice_service_session_duration_seconds_count', t)).toBe(1);
    expect(valueOf(balancer, 'sluice_service_connect_duration_seconds_count', t)).toBe(1);
    expect(valueOf(balancer, 'sluice_service_exchanges_total', w)).toBe(1);
    expect(valueOf(balancer, 'sluice_service_exchange_duration_seconds_count', w)).toBe(1);
    expect(valueOf(balancer, 'sluice_service_exchange_duration_seconds_bucket', { ...w, le: '1800' })).toBe(
      1,
    );
    expect(valueOf(balancer, 'sluice_service_open_sessions', u)).toBe(1);
    expect(valueOf(balancer, 'sluice_service_sessions_limit', u)).toBe(50);
    expect(valueOf(balancer, 'sluice_service_from_clients_bytes_total', u)).toBe(8);
    expect(
      valueOf(balancer, 'sluice_service_refusals_total', { service: 'NOBODY', reason: 'no-server' }),
    ).toBe(1);
    expect(valueOf(balancer, 'sluice_server_health', { ...t, server: 's2' })).toBe(1);
    expect(valueOf(balancer, 'sluice_server_probe_failures_total', { ...t, server: 's2' })).toBe(0);
    expect(
      valueOf(balancer, 'sluice_server_probe_duration_seconds_count', { ...t, server: 's2' }),
    ).toBeGreaterThan(0);
    expect(valueOf(balancer, 'sluice_build_info', { engine: balancer.engine.name })).toBe(1);

    for (const { name: service, listeners } of balancer.overview().services) {
      const [listener] = listeners;
      const told = (metric: string): number | undefined => valueOf(balancer, metric, { service });
      expect(told('sluice_service_sessions_total')).toBe(listener!.sessionsTotal);
      expect(told('sluice_service_from_clients_bytes_total')).toBe(listener!.bytesFromClients);
      expect(told('sluice_service_from_servers_bytes_total')).toBe(listener!.bytesFromServers);
      expect(listener!.refusedTotal).toBe(
        Object.values(listener!.refusals).reduce((sum, count) => sum + count),
      );
    }
  });

  it('tell how long clients wait, of a service that came later, too', async () => {
    const balancer = await scene.start(tcpService('FIRST', [s1.options]));
    expect(balancer.metrics.text()).toContain('service="FIRST"');
    const one = { ...s2.options, maxSessions: 1 };
    const later: ServiceConfig = tcpService('LATER', [one], { maxQueued: 1 });
    await balancer.apply({ services: [tcpService('FIRST', [s1.options]), later] });
    const first = await scene.session('LATER');
    const second = scene.connect('LATER');
    const labels = { service: 'LATER' };
    await expect.poll(() => valueOf(balancer, 'sluice_service_queue_length', labels)).toBe(1);
    expect(valueOf(balancer, 'sluice_service_queue_limit', labels)).toBe(1);
    await scene.connect('LATER').untilReset();
    first.socket.resetAndDestroy();
    await second.untilBytes(2);
    expect(valueOf(balancer, 'sluice_service_queue_duration_seconds_count', labels)).toBe(1);
    expect(valueOf(balancer, 'sluice_service_refusals_total', { ...labels, reason: 'queue-full' })).toBe(1);
    expect(valueOf(balancer, 'sluice_service_connect_duration_seconds_count', labels)).toBe(2);
  });

  it('count ejections', async () => {
    const passiveHealth = { failures: 1, ejectMs: 60_000 };
    const balancer = await scene.start(tcpService('T', [s1.options, s2.options], { passiveHealth }));
    s1.refuse();
    await scene.session('T');
    await scene.session('T');
    const labels = { server: 's1' };
    expect(valueOf(balancer, 'sluice_server_ejections_total', labels)).toBe(1);
    expect(valueOf(balancer, 'sluice_server_ejected', labels)).toBe(1);
    expect(valueOf(balancer, 'sluice_server_connect_failures_total', labels)).toBe(1);
  });

  it('tell of the process, of its event loop while the balancer is started, and of dropped records', async () => {
    const balancer = await scene.start(tcpService('T', [s1.options]));
    let dropped = 3;
    expect(valueOf(balancer, 'sluice_records_dropped_total')).toBeUndefined();
    balancer.metrics.countDropped(() => dropped);
    balancer.metrics.countDropped(() => 10);
    dropped += 1;
    expect(valueOf(balancer, 'sluice_records_dropped_total')).toBe(14);
    await expect.poll(() => valueOf(balancer, 'sluice_event_loop_delay_seconds_count')).toBeGreaterThan(0);
    const started = valueOf(balancer, 'sluice_process_start_time_seconds')!;
    expect(started).toBeGreaterThan(Date.now() / 1e3 - process.uptime() - 10);
    expect(started).toBeLessThan(Date.now() / 1e3);
    expect(valueOf(balancer, 'sluice_process_start_time_seconds')).toBe(started);
    if (process.platform === 'linux') {
      const open = valueOf(balancer, 'sluice_process_open_descriptors')!;
      await scene.session('T');
      expect(valueOf(balancer, 'sluice_process_open_descriptors')).toBeGreaterThanOrEqual(open + 4);
      expect(valueOf(balancer, 'sluice_process_descriptors_limit')).toBeGreaterThan(open);
    }
    await balancer.stop({ graceMs: 0 });
    expect(read(balancer).has('sluice_event_loop_delay_seconds')).toBe(false);
    expect(valueOf(balancer, 'sluice_service_status')).toBe(0);
  });

  it('are served with the media type of their format', async () => {
    const balancer = await scene.start(tcpService('T', [s1.options]));
    const { contentType, text } = metricsText(balancer);
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect([...readExposition(text).keys()]).toEqual([...read(balancer).keys()]);
  });
});
