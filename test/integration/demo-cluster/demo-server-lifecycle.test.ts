import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startDemoCluster, type DemoCluster } from '../../../examples/demo-cluster/demo-cluster.ts';
import { DemoServer } from '../../../examples/demo-cluster/demo-server.ts';
import { CookieJar } from '../../../examples/demo-cluster/traffic/cookie-jar.ts';
import { echo, storeTinyInstance } from '../../../examples/demo-cluster/traffic/dicom-client.ts';
import { visit } from '../../../examples/demo-cluster/traffic/http-client.ts';
import {
  nodeStatusOverTcp,
  nodeStatusOverUdp,
} from '../../../examples/demo-cluster/traffic/netbios-client.ts';

const timeoutMs = 2000;

let cluster: DemoCluster | undefined;

afterEach(async () => {
  await cluster?.stop();
  cluster = undefined;
});

async function startOne(calledAe?: string): Promise<DemoServer> {
  cluster = await startDemoCluster({ count: 1, ...(calledAe === undefined ? {} : { calledAe }) });
  return cluster.servers[0]!;
}

const dicomOf = ({ host, ports }: DemoServer) => ({ host, port: ports.dicom, timeoutMs });
const checkOf = ({ host, ports }: DemoServer) => ({ host, port: ports.check, timeoutMs: 300 });

describe('a demo server', () => {
  it('that is killed drops its connections and refuses new ones, on every port', async () => {
    const server = await startOne();
    const socket = connect(server.ports.dicom, server.host);
    await once(socket, 'connect');
    await echo(dicomOf(server));
    const closed = once(socket, 'close');
    await server.kill();
    await closed;
    expect(server.isRunning).toBe(false);
    await expect(echo(dicomOf(server))).rejects.toThrow(/ECONNREFUSED/);
    await expect(visit({ ...dicomOf(server), port: server.ports.web }, new CookieJar())).rejects.toThrow(
      /ECONNREFUSED/,
    );
    await expect(nodeStatusOverTcp(checkOf(server))).rejects.toThrow(/ECONNREFUSED/);
    await expect(nodeStatusOverUdp(checkOf(server))).rejects.toThrow();
  });

  it('that is restarted has its ports, its archive and its counts, but no sessions', async () => {
    const server = await startOne();
    const web = { ...dicomOf(server), port: server.ports.web };
    const jar = new CookieJar();
    await visit(web, jar);
    expect((await visit(web, jar)).visits).toBe(2);
    const { sopInstanceUid } = await storeTinyInstance(dicomOf(server));
    await server.restart();
    expect(server.storedInstances).toMatchObject([{ sopInstanceUid }]);
    expect(server.statistics.webHits).toBe(2);
    expect((await visit(web, jar)).visits).toBe(1);
    expect((await nodeStatusOverUdp({ ...checkOf(server), timeoutMs })).server).toBe('INF_PACS1');
  });

  it('that is stopped lets connections end, and drops those that do not', async () => {
    const server = await startOne();
    const socket = connect(server.ports.dicom, server.host);
    await once(socket, 'connect');
    await echo(dicomOf(server));
    const closed = once(socket, 'close');
    await server.stop({ graceMs: 20 });
    await closed;
    await server.stop();
    await server.kill();
  });

  it('that cannot have one of its ports has none', async () => {
    const server = await startOne();
    const rival = new DemoServer({
      name: 'RIVAL',
      host: server.host,
      ports: { ...server.ports, web: 0, dicom: 0 },
    });
    await expect(rival.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(rival.isRunning).toBe(false);
  });

  it('shares one address with others where there is only one', async () => {
    cluster = await startDemoCluster({ count: 2, singleHost: true });
    expect(cluster.hasSharedPorts).toBe(false);
    const [first, second] = cluster.servers as [DemoServer, DemoServer];
    expect([first.host, second.host]).toEqual(['127.0.0.1', '127.0.0.1']);
    expect((await echo(dicomOf(first))).server).toBe('INF_PACS1');
    expect((await echo(dicomOf(second))).server).toBe('INF_PACS2');
  });

  it('needs a name that fits NetBIOS', async () => {
    const { host, ports } = await startOne();
    expect(() => new DemoServer({ name: 'SIXTEEN_LETTERS_', host, ports })).toThrow(RangeError);
  });

  it('that has an AE title rejects associations for another', async () => {
    const server = await startOne('PACS');
    expect((await echo({ ...dicomOf(server), calledAe: 'PACS' })).server).toBe('INF_PACS1');
    const wrong = echo({ ...dicomOf(server), calledAe: 'OTHER' });
    await expect(wrong).rejects.toThrow(
      `${server.host}:${server.ports.dicom}: the association was rejected (result 1, source 1, reason 7)`,
    );
  });
});

describe('a client of the self-test', () => {
  it('names a server that is silent', async () => {
    const silent = await startOne();
    const target = { host: silent.host, port: silent.ports.check, timeoutMs: 100 };
    const message = `${silent.host}:${silent.ports.check}: no answer within 100 ms`;
    await expect(echo(target)).rejects.toThrow(message);
    await expect(visit(target, new CookieJar())).rejects.toThrow(message);
  });
});
