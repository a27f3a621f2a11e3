import { afterEach, describe, expect, it } from 'vitest';
import type { Balancer, ServiceConfig } from '../../src/index.ts';
import { BalancerScene, tcpService } from '../integration/balancer/balancer-scene.ts';
import { hear, portOf, UdpScene, udpService } from '../support/udp-scene.ts';
import { noWorkers, WorkersScene } from '../support/workers-scene.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Resolves once the services serve; sessions of others have all the time they want. */
function serve(balancer: Balancer, ...services: readonly ServiceConfig[]): Promise<void> {
  return new Promise((resolve, reject) => {
    balancer.apply({ services }, { graceMs: Infinity, onServing: resolve }).catch(reject);
  });
}

describe('defect 26: a service that was taken away and comes back', () => {
  it.each(noWorkers === undefined ? [0, 3] : [0])('has its port again, with %d workers', async (workers) => {
    const scene = workers === 0 ? new BalancerScene() : new WorkersScene(workers);
    closers.push(() => scene.close());
    const { options } = await scene.addServer('s1');
    const dicom = tcpService('DICOM', [options]);
    const balancer = await scene.start(dicom, tcpService('QUERY', [options]));
    const query = tcpService('QUERY', [options], { port: scene.portOf('QUERY') });
    const old = await scene.session('QUERY');
    for (let time = 0; time < 5; time++) {
      await serve(balancer, dicom);
      await serve(balancer, dicom, query);
      expect((await scene.session('QUERY')).text).toBe('s1');
    }
    expect([old.isClosed, old.hasEnded]).toEqual([false, false]);
  });

  it.each(noWorkers === undefined ? [0, 2] : [0])(
    'has its UDP port again while a client of it waits, with %d workers',
    async (workers) => {
      const scene = new UdpScene();
      closers.push(() => scene.close());
      const silent = await scene.bind();
      const mute = { name: 's1', host: '127.0.0.1', port: silent.address().port };
      const [names, others] = [udpService('NAMES', [mute]), udpService('OTHERS', [await scene.echo()])];
      const balancer = await scene.startBalancer({ workers, services: [names, others] });
      const port = portOf(balancer, 'NAMES');
      const waiting = await scene.connect('127.0.0.1', port);
      waiting.send('is anybody there?');
      await hear(silent);
      await serve(balancer, others);
      await serve(balancer, others, { ...names, port, servers: others.servers });
      waiting.send('again');
      expect((await hear(waiting)).text).toBe('again');
    },
  );
});
