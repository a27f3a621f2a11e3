import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { LimitedReport } from '../../support/programs/limited-balancer.ts';
import { echoServer } from '../../support/relay-traffic.ts';

const limit = 256;
const program = new URL('../../support/programs/limited-balancer.ts', import.meta.url).pathname;
const noop = (): void => undefined;

/** Sends bytes of its own, and knows when all have come back. */
class EchoClient {
  readonly socket: Socket;
  /** Resolves to whether what came back is what was sent. */
  readonly served: Promise<boolean>;
  isServed = false;

  constructor(port: number, seed: number) {
    const sent = Buffer.alloc(300_000, `client ${seed} `);
    const chunks: Buffer[] = [];
    let received = 0;
    this.socket = connect({ host: '127.0.0.1', port });
    this.socket.write(sent);
    this.served = new Promise((resolve, reject) => {
      this.socket.on('error', reject);
      this.socket.on('data', (chunk) => {
        chunks.push(chunk);
        received += chunk.length;
        if (received < sent.length) return;
        this.isServed = true;
        resolve(Buffer.concat(chunks).equals(sent));
      });
    });
    this.served.catch(noop);
  }
}

describe.skipIf(process.platform !== 'linux')('at the limit of descriptors', () => {
  let child: ChildProcess | undefined;
  const clients: EchoClient[] = [];
  /** Sessions at once, by the most generous report: each one measures anew, by one more while a probe's socket closes. */
  let most = 0;

  afterEach(() => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    child?.kill('SIGKILL');
  });

  async function report(): Promise<LimitedReport> {
    child?.send('report');
    const [message] = (await once(child!, 'message')) as [LimitedReport];
    most = Math.max(most, message.sessions);
    return message;
  }

  async function until(isTrue: (now: LimitedReport) => boolean): Promise<LimitedReport> {
    for (;;) {
      const now = await report();
      if (isTrue(now)) return now;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('serves whom it accepted, has others wait, and goes on checking', async () => {
    const { server, port: serverPort } = await echoServer();
    child = spawn(
      'bash',
      [
        '-c',
        `ulimit -n ${limit}; exec "$0" --import tsx "$1" "$2"`,
        process.execPath,
        program,
        `${serverPort}`,
      ],
      { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
    );
    // While modules are loaded, files are open.
    const { port, sessions: atFirst } = await until(({ sessions }) => sessions > 30);
    // Probes and name lookups take some.
    const sessions = atFirst - 4;
    for (let i = 0; i < 2 * sessions; i++) clients.push(new EchoClient(port, i));
    const served = (): number => clients.filter(({ isServed }) => isServed).length;
    const full = await until(() => served() >= sessions);
    await until(({ goodProbes }) => goodProbes >= full.goodProbes + 3);
    expect(served()).toBeLessThanOrEqual(most);

    // Each makes room for one of those that wait.
    for (const client of clients) void client.served.then(() => client.socket.end(), noop);
    expect(await Promise.all(clients.map((client) => client.served))).not.toContain(false);
    const end = await report();
    expect(end.log[0]).toMatch(/^only \d+ sessions fit into 256 descriptors/);
    expect(end.badProbes).toBe(0);
    expect(end.mostOpen).toBeLessThan(limit - 10);
    expect(end.log.filter((line) => line.includes('clients wait'))).toHaveLength(1);
    expect(end.log.join('\n')).not.toMatch(/EMFILE|refused|cannot/);
    server.close();
  });
});
