import { describe, expect, it } from 'vitest';
import type { Peeking } from '../../../src/tcp/peek.ts';
import { VirtualPath } from '../../support/virtual-path.ts';

describe('what was peeked at', () => {
  it('counts for no server that did not get it', async () => {
    const peeking: Peeking = { make: () => ({ look: () => 'enough' }), maxBytes: 100, timeoutMs: 1000 };
    const scene = await VirtualPath.open('tcp', { servers: [{ name: 'A', host: '192.0.2.12' }] }, peeking);
    scene.network.host('192.0.2.12').isSilent = true;
    scene.connect().send('hello');
    await scene.network.run();
    scene.path.abort('stopped');
    expect(scene.record.of('sessionClosed')).toMatchObject([{ server: 'A' }]);
    expect(scene.pool.servers[0]?.bytesFromClients).toBe(0);
  });
});
