import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDemoCluster, type DemoCluster } from '../../../examples/demo-cluster/demo-cluster.ts';
import type { DemoServer } from '../../../examples/demo-cluster/demo-server.ts';
import { CookieJar } from '../../../examples/demo-cluster/traffic/cookie-jar.ts';
import {
  echo,
  findStudies,
  findWorklist,
  storeTinyInstance,
} from '../../../examples/demo-cluster/traffic/dicom-client.ts';
import { visit } from '../../../examples/demo-cluster/traffic/http-client.ts';
import {
  nodeStatusOverTcp,
  nodeStatusOverUdp,
} from '../../../examples/demo-cluster/traffic/netbios-client.ts';

const timeoutMs = 3000;
const date = '20260115';

let cluster: DemoCluster;
let first: DemoServer;

beforeAll(async () => {
  cluster = await startDemoCluster({ date });
  first = cluster.servers[0]!;
});

afterAll(() => cluster.stop());

const at = (server: DemoServer, service: keyof DemoServer['ports']) => ({
  host: server.host,
  port: server.ports[service],
  timeoutMs,
});

describe('the demo cluster', () => {
  it('has three servers, each reachable on its own address or port', () => {
    expect(cluster.servers.map(({ name }) => name)).toEqual(['INF_PACS1', 'INF_PACS2', 'INF_PACS3']);
    const places = cluster.servers.map(({ host, ports }) => `${host}:${ports.web}`);
    expect(new Set(places).size).toBe(3);
    const webPorts = new Set(cluster.servers.map(({ ports }) => ports.web));
    expect(webPorts.size).toBe(cluster.hasSharedPorts ? 1 : 3);
  });

  it('tells over every service which server answered', async () => {
    for (const server of cluster.servers) {
      const answers = await Promise.all([
        visit(at(server, 'web'), new CookieJar()),
        echo(at(server, 'dicom')),
        storeTinyInstance(at(server, 'dicom')),
        findStudies(at(server, 'query')),
        findWorklist(at(server, 'mwl')),
        nodeStatusOverUdp(at(server, 'check')),
        nodeStatusOverTcp(at(server, 'check')),
      ]);
      expect(answers.map((answer) => answer.server)).toEqual(Array(7).fill(server.name));
    }
  });

  it('refuses a count that makes no sense', async () => {
    await expect(startDemoCluster({ count: 0 })).rejects.toThrow(RangeError);
  });
});

describe('the web portal of a demo server', () => {
  it('counts the visits of a session, on this server alone', async () => {
    const [, second, third] = cluster.servers;
    const jar = new CookieJar();
    expect((await visit(at(second!, 'web'), jar)).visits).toBe(1);
    expect((await visit(at(second!, 'web'), jar)).visits).toBe(2);
    expect((await visit(at(third!, 'web'), jar)).visits).toBe(1);
    expect((await visit(at(second!, 'web'), jar)).visits).toBe(1);
  });

  it('answers a health check by HEAD, which is no hit', async () => {
    const hits = first.statistics.webHits;
    const response = await fetch(`http://${first.host}:${first.ports.web}/`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(first.statistics.webHits).toBe(hits);
  });

  it('shows people a page, with what the client sent as text', async () => {
    const response = await fetch(`http://${first.host}:${first.ports.web}/`, {
      headers: { 'X-Forwarded-For': '<b>10.0.0.1</b>' },
    });
    const page = await response.text();
    expect(page).toContain('<h1>INF_PACS1</h1>');
    expect(page).toContain('&lt;b&gt;10.0.0.1&lt;/b&gt;');
    expect(response.headers.get('set-cookie')).toMatch(/^PORTALSESSION=/);
  });

  it('knows no other page and no other method', async () => {
    const base = `http://${first.host}:${first.ports.web}`;
    expect((await fetch(`${base}/other`)).status).toBe(404);
    expect((await fetch(base, { method: 'POST', body: 'x' })).status).toBe(405);
  });
});

describe('the DICOM services of a demo server', () => {
  it('remember what was stored by its hash', async () => {
    const stored = await storeTinyInstance(at(first, 'dicom'));
    expect(first.storedInstances.at(-1)).toMatchObject({
      sopInstanceUid: stored.sopInstanceUid,
      sha256: stored.sha256,
    });
  });

  it.each([
    ['everything', {}, ['ACC1001', 'ACC1002', 'ACC1003', 'ACC1004']],
    ['a modality', { modality: 'CT' }, ['ACC1001', 'ACC1002']],
    ['a station', { stationAe: 'CT02' }, ['ACC1002']],
    ['a name with wildcards, in any case', { patientName: 'hol?^*' }, ['ACC1002']],
    ['its day', { date }, ['ACC1001', 'ACC1002', 'ACC1003', 'ACC1004']],
    ['days around it', { date: '20260101-20260131' }, ['ACC1001', 'ACC1002', 'ACC1003', 'ACC1004']],
    ['days before it', { date: '-20260114' }, []],
    ['days after it', { date: '20260116-' }, []],
  ])('find worklist entries by %s', async (_what, query, expected) => {
    const { items } = await findWorklist(at(first, 'mwl'), query);
    expect(items.map(({ accessionNumber }) => accessionNumber)).toEqual(expected);
  });

  it('find studies, those just stored among them', async () => {
    const before = (await findStudies(at(first, 'query'), 'SELFTEST')).studies.length;
    await storeTinyInstance(at(first, 'dicom'));
    const { studies } = await findStudies(at(first, 'query'), 'DEMO*');
    expect(studies.map(({ patientId, date: on }) => [patientId, on])).toEqual(
      ['DEMO0001', 'DEMO0002', 'DEMO0003', 'DEMO0004'].map((patientId) => [patientId, date]),
    );
    const stored = (await findStudies(at(first, 'query'), 'SELFTEST')).studies;
    expect(stored).toHaveLength(before + 1);
  });

  it('count associations and what is done in them', async () => {
    const before = { ...first.statistics };
    await echo(at(first, 'dicom'));
    await storeTinyInstance(at(first, 'dicom'));
    await findWorklist(at(first, 'mwl'));
    expect(first.statistics).toMatchObject({
      associations: before.associations + 3,
      echoes: before.echoes + 1,
      stores: before.stores + 1,
      finds: before.finds + 1,
    });
  });

  it('abort what is no DICOM, and say why', async () => {
    const socket = connect(first.ports.dicom, first.host);
    socket.end('GET / HTTP/1.1\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString('hex')).toBe('07000000000400000201');
    await once(socket, 'close');
  });

  it('abort data that come before an association', async () => {
    const socket = connect(first.ports.dicom, first.host);
    socket.write(Buffer.from('04000000000600000002' + '0103', 'hex'));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString('hex')).toBe('07000000000400000202');
    await once(socket, 'close');
  });
});

describe('the name service of a demo server', () => {
  it('tells its own names and those of the cluster', async () => {
    const { names } = await nodeStatusOverUdp(at(first, 'check'));
    expect(names).toEqual(['INF_PACS1<00>', 'INF_PACS1<20>', 'INFINITT<00>', 'INFINITT<20>', 'HOSPITAL<00>']);
  });

  it('answers requests that come in pieces and in a row over TCP', async () => {
    const queries = first.statistics.nameQueries;
    const request = '0032' + '649e00000001000000000000' + '20434b' + '41'.repeat(30) + '0000210001';
    const bytes = Buffer.from(request.repeat(2), 'hex');
    const socket = connect(first.ports.check, first.host);
    socket.setNoDelay(true);
    for (const part of [bytes.subarray(0, 1), bytes.subarray(1, 60), bytes.subarray(60)]) socket.write(part);
    let received = Buffer.alloc(0);
    while (received.length < 2 || received.length < 2 * (2 + received.readUInt16BE(0))) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      received = Buffer.concat([received, chunk]);
    }
    expect(received.readUInt16BE(2)).toBe(0x649e);
    expect(first.statistics.nameQueries).toBe(queries + 2);
    socket.destroy();
  });
});
