import { afterEach, describe, expect, it } from 'vitest';
import { AccessRecords } from '../../support/access-records.ts';
import { get, openHttpServer, closeAll, RawClient } from '../../support/http-harness.ts';
import { noWorkers, WorkersScene } from '../../support/workers-scene.ts';
import { tcpService } from '../balancer/balancer-scene.ts';

const scene = { of: new WorkersScene(2) };

afterEach(async () => {
  await scene.of.close();
  await closeAll();
  scene.of = new WorkersScene(2);
});

describe.skipIf(noWorkers !== undefined)('access records of workers', () => {
  it('come to the balancer, with what the workers counted together, from now on and until the log is closed', async () => {
    const server = await scene.of.addServer('s1');
    const balancer = await scene.of.start(tcpService('DICOM', [server.options]));
    (await scene.of.session('DICOM')).socket.resetAndDestroy();
    await scene.of.facts.count('sessionClosed', 1);
    const records = new AccessRecords(balancer);
    const kept = await scene.of.session('DICOM');
    const client = await scene.of.session('DICOM');
    client.send('12345');
    await (await server.session(2)).untilBytes(5);
    client.socket.resetAndDestroy();
    const record = await records.first();
    expect(record).toMatchObject({ service: 'DICOM', server: 's1', ending: 'CD', bytesFromClient: 5 });
    expect(record.serverSessions).toBe(1);
    await records.log.close();
    kept.socket.resetAndDestroy();
    await scene.of.facts.count('sessionClosed', 3);
    expect(records.all).toHaveLength(1);
  });

  it('have the path of a request', async () => {
    const { port } = await openHttpServer('A');
    const servers = [{ name: 'A', host: '127.0.0.1', port }];
    const balancer = await scene.of.start({ name: 'Web', mode: 'http', host: '127.0.0.1', port: 0, servers });
    const records = new AccessRecords(balancer, { logQuery: true });
    const client = await RawClient.connect(scene.of.portOf('Web'));
    await client.ask(get('/portal?a=b'));
    expect(await records.first()).toMatchObject({ path: '/portal', query: 'a=b', status: 200, exchange: 1 });
  });
});
