import { afterEach, beforeEach, expect, it } from 'vitest';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { HealthCheck } from '../../../src/health/health-check.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';
import { ProbeFixture, subjectAt } from './probe-fixture.ts';
import { ownAddress } from '../../support/own-address.ts';

let fixture: ProbeFixture;

beforeEach(() => {
  fixture = new ProbeFixture();
});

afterEach(() => fixture.close());

it('follows a server that comes up and goes down', async () => {
  const [host, port] = [ownAddress(), 11_104];
  const check = new HealthCheck({
    probe: { kind: 'connect' },
    intervalMs: 20,
    timeoutMs: 500,
    startJitterMs: 0,
  });
  const changes: string[] = [];
  const watch = check.watch(
    { ...subjectAt(port), host },
    { engine: fixture.engine, runtime: systemRuntime },
    { onProbe: () => undefined, onHealth: (current, { code }) => changes.push(`${current} by ${code}`) },
  );
  await expect.poll(() => changes).toEqual(['down by refused']);
  const server = createServer((socket) => socket.resume()).listen(port, host);
  await once(server, 'listening');
  await expect.poll(() => changes).toEqual(['down by refused', 'up by connected']);
  server.close();
  await expect.poll(() => changes).toEqual(['down by refused', 'up by connected', 'down by refused']);
  watch.stop();
});
