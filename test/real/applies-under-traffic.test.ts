import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Balancer, type BalancerConfig } from '../../src/index.ts';
import { linuxProblem } from '../../src/engine/linux/self-test.ts';
import { DicomReceiver } from '../support/dicom-receiver.ts';
import { writeSeries } from '../support/dicom-files.ts';
import { dcmtkEnv, requireTools, run } from '../support/real-software.ts';

/** `SLUICE_APPLIES=1000` is the long form, of a minute. */
const applies = Number(process.env['SLUICE_APPLIES'] ?? 60);
const everyMs = 60;

const closings: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closings.splice(0).reverse()) await close();
});

type EngineName = 'linux' | 'portable';

/** What stands behind the services. */
interface Site {
  readonly web: number;
  readonly archive: number;
  readonly echo: number;
}

const mostServers = 4;

function hostOf(index: number): string {
  return `127.0.0.${index + 1}`;
}

/** The same port on a loopback address for each server. DCMTK's archive listens on all of them by itself. */
async function site(): Promise<Site> {
  const archive = await DicomReceiver.start('ARCHIVE');
  closings.push(() => archive.stop());
  const ports = { web: 0, echo: 0 };
  for (let index = 0; index < mostServers; index++) {
    const web = createServer((_request, response) => response.end('hello')).listen(ports.web, hostOf(index));
    const echo = createSocket('udp4', (message, { port, address }) => echo.send(message, port, address));
    echo.bind(ports.echo, hostOf(index));
    await Promise.all([once(web, 'listening'), once(echo, 'listening')]);
    ports.web = (web.address() as AddressInfo).port;
    ports.echo = echo.address().port;
    closings.push(
      () => new Promise((resolve) => web.close(resolve)),
      () => web.closeAllConnections(),
      () => echo.close(),
    );
  }
  return { ...ports, archive: archive.port };
}

/** Another configuration for each number: weights, a server more or less, options of services, a service more or less. */
function configuration(
  { web, archive, echo }: Site,
  number: number,
  engine: EngineName,
  workers: number,
): BalancerConfig {
  const isOdd = number % 2 === 1;
  const common = { host: '127.0.0.1', port: 0, queueTimeoutMs: isOdd ? 20_000 : 30_000 } as const;
  const servers = (
    port: number,
    count: number,
  ): { name: string; host: string; port: number; weight: number }[] =>
    Array.from({ length: count }, (_, index) => ({
      ...{ name: `s${index}`, host: hostOf(index), port },
      weight: 1 + ((number + index) % 3),
    }));
  const query = { ...common, name: 'QUERY', mode: 'tcp', servers: servers(archive, 1) } as const;
  return {
    engine,
    workers,
    services: [
      { ...common, name: 'WEB', mode: 'http', servers: servers(web, 2 + (number % 3)) },
      { ...common, name: 'PLAIN', mode: 'tcp', servers: servers(web, 2) },
      {
        ...common,
        name: 'DICOM',
        mode: 'tcp',
        servers: servers(archive, 2),
        persistence: { kind: 'sourceIp' },
      },
      {
        ...{ host: '127.0.0.1', port: 0, name: 'NAMES', mode: 'udp' },
        idleTimeoutMs: isOdd ? 20_000 : 30_000,
        servers: servers(echo, 2),
      },
      ...(isOdd ? [query] : []),
    ],
  };
}

/** Errors that wrk tells of; undefined where it made no request. */
async function wrkErrors(
  port: number,
  seconds: number,
  ...headers: readonly string[]
): Promise<string | undefined> {
  const args = ['-t1', '-c8', `-d${seconds}s`, ...headers.flatMap((header) => ['-H', header])];
  const { output } = await run('wrk', [...args, `http://127.0.0.1:${port}/`], { timeoutMs: 120_000 });
  if (!/[1-9]\d* requests in/u.test(output)) return `no requests: ${output}`;
  return /^ *(?:Socket errors|Non-2xx).*$/mu.exec(output)?.[0];
}

/** Stores series after series on one association each, until told to stop. @returns the exit codes other than 0 */
async function store(port: number, folder: string, isOver: () => boolean): Promise<readonly unknown[]> {
  const [file] = await writeSeries(folder, { count: 1 });
  const failures: unknown[] = [];
  while (!isOver()) {
    const args = ['--repeat', '50', '-aec', 'ARCHIVE', '127.0.0.1', String(port), file!.path];
    const { exitCode, output } = await run('storescu', args, { env: dcmtkEnv, timeoutMs: 120_000 });
    if (exitCode !== 0) failures.push(output);
  }
  return failures;
}

/** Datagrams there and back, one after the other. @returns those that did not come back within a second */
async function ping(port: number, isOver: () => boolean): Promise<readonly number[]> {
  const socket: Socket = createSocket('udp4');
  closings.push(() => socket.close());
  const lost: number[] = [];
  for (let number = 0; !isOver(); number++) {
    const answered = new Promise<boolean>((resolve) => {
      const onMessage = (message: Buffer): void => {
        if (message.readUInt32BE() === number) resolve(true);
      };
      socket.on('message', onMessage);
      setTimeout(() => resolve(false), 1000).unref();
    });
    const datagram = Buffer.alloc(50);
    datagram.writeUInt32BE(number);
    socket.send(datagram, port, '127.0.0.1');
    if (!(await answered)) lost.push(number);
    socket.removeAllListeners('message');
  }
  return lost;
}

const engines = (['linux', 'portable'] satisfies EngineName[]).filter(
  (name) => name === 'portable' || linuxProblem() === undefined,
);
const cases = engines.flatMap((engine): (readonly [EngineName, number])[] =>
  engine === 'linux'
    ? [
        [engine, 0],
        [engine, 2],
      ]
    : [[engine, 0]],
);

requireTools(['wrk'], 'wrk')('another configuration again and again', () => {
  describe.each(cases)('on the %s engine with %d workers', (engine, workers) => {
    it(
      'fails no request, no association and no datagram',
      async () => {
        const behind = await site();
        const folder = mkdtempSync(join(tmpdir(), 'sluice-applies-'));
        closings.push(() => rmSync(folder, { recursive: true }));
        const balancer = new Balancer(configuration(behind, 0, engine, workers));
        closings.push(() => balancer.stop({ graceMs: 0 }));
        await balancer.start();
        const portOf = (name: string): number =>
          balancer.overview().services.find((service) => service.name === name)!.listeners[0]!.port;
        const seconds = Math.ceil((applies * everyMs) / 1000);
        let isDone = false;
        const isOver = (): boolean => isDone;
        const traffic = Promise.all([
          wrkErrors(portOf('WEB'), seconds),
          wrkErrors(portOf('WEB'), seconds, 'Connection: close'),
          wrkErrors(portOf('PLAIN'), seconds, 'Connection: close'),
          store(portOf('DICOM'), folder, isOver),
          ping(portOf('NAMES'), isOver),
        ]);
        const ended: Promise<void>[] = [];
        for (let number = 1; number <= applies; number++) {
          await new Promise<void>((resolve, reject) => {
            const options = { graceMs: 120_000, onServing: resolve };
            const applied = balancer.apply(configuration(behind, number, engine, workers), options);
            applied.catch(reject);
            ended.push(applied);
          });
          await new Promise((resolve) => setTimeout(resolve, everyMs / 2));
        }
        isDone = true;
        expect(await traffic).toEqual([undefined, undefined, undefined, [], []]);
        await Promise.all(ended);
        expect(balancer.overview().replacedSessions).toBe(0);
      },
      60_000 + applies * 1000,
    );
  });
});
