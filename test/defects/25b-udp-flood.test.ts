import { afterEach, describe, expect, it } from 'vitest';
import { FloodScene } from '../support/flood-scene.ts';
import { noWorkers } from '../support/workers-scene.ts';

const limit = 512;
const threads = noWorkers === undefined ? [0, 2] : [0];
let scene: FloodScene;
afterEach(() => scene.close());

describe.skipIf(process.platform !== 'linux')('defect 25b: a flood of datagrams from ever new ports', () => {
  it.each(threads)('takes nothing from new clients of HTTP, nor of UDP, with %d workers', async (workers) => {
    scene = new FloodScene();
    await scene.start(limit, workers);
    const calm = await scene.udp.bind('127.0.0.2');
    expect(await scene.ask(calm, 'CALM')).toBe(true);
    const answers: unknown[] = [];
    const sources = await scene.sources(1_000);
    for (let start = 0; start < sources.length; start += 100) {
      await scene.flood(sources.slice(start, start + 100));
      const client = await scene.udp.bind('127.0.0.3');
      answers.push(await Promise.all([scene.ask(client, 'FLOODED'), scene.request()]));
    }
    expect(answers).toEqual(Array.from({ length: 10 }, () => [true, 200]));
    const { port } = calm.address();
    expect(await scene.ask(calm, 'CALM')).toBe(true);
    expect(calm.address().port).toBe(port);
    const { evicted, log } = await scene.report();
    expect(Object.keys(evicted)).toEqual(['127.0.0.66']);
    expect(log.filter((line) => line.includes('UDP flows make room')).length).toBeGreaterThan(0);
    expect(log.length).toBeLessThan(10);
  });
});
