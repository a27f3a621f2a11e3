import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { linuxProblem } from '../../../src/engine/linux/self-test.ts';
import type { RelayPorts } from '../../support/programs/relaying-engine.ts';
import { echoServer, RelayTraffic } from '../../support/relay-traffic.ts';

const program = new URL('../../support/programs/relaying-engine.ts', import.meta.url);

describe.skipIf(linuxProblem() !== undefined)('the linux engine in a process that ends', () => {
  it.each([
    ['close', 0],
    ['exit', 0],
    ['throw', 1],
  ])('shows its end to everybody after %s amid traffic', async (ending, exitCode) => {
    const { server, port } = await echoServer();
    const child = fork(program, [String(port)], { execArgv: ['--import', 'tsx'], silent: true });
    try {
      const [ports] = (await once(child, 'message')) as [RelayPorts];
      const traffic = new RelayTraffic();
      await traffic.start(ports);
      child.send(ending);
      // A child that closed its engine has nothing left to wait for but this.
      if (ending === 'close') child.disconnect();
      const [code] = (await once(child, 'exit')) as [number];
      await traffic.untilEnded();
      expect(code).toBe(exitCode);
    } finally {
      child.kill('SIGKILL');
      server.close();
    }
  });
});
