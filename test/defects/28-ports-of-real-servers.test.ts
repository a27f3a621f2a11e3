import { createSocket } from 'node:dgram';
import { once, type EventEmitter } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startDemoCluster, type DemoCluster } from '../../examples/demo-cluster/demo-cluster.ts';
import { choosePorts } from '../../examples/infinitt/port-choice.ts';
import { ProgramProcess } from '../support/program-process.ts';
import { ownAddress } from '../support/own-address.ts';

const isOrdinary = process.getuid?.() !== 0;
let cluster: DemoCluster | undefined;
let example: ProgramProcess | undefined;
const blockers: Server[] = [];

afterEach(async () => {
  example?.kill();
  await cluster?.stop();
  for (const blocker of blockers.splice(0)) blocker.close();
});

const vip = ownAddress();

/** An offset that leads from all of the ports to ports that nobody has. */
async function freeOffset(ports: readonly number[]): Promise<number> {
  for (let offset = 1; Math.max(...ports) + offset <= 65_535; offset++) {
    const areFree = await Promise.all(ports.map((port) => isFree(port + offset)));
    if (!areFree.includes(false)) return offset;
  }
  throw new Error('there is no such offset');
}

/** Has nobody the port, by TCP or by UDP? */
async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, vip);
  const socket = createSocket('udp4').bind(port, vip);
  const hasOpened = async (opened: EventEmitter): Promise<boolean> =>
    Promise.race([once(opened, 'listening').then(() => true), once(opened, 'error').then(() => false)]).catch(
      () => false,
    );
  const [hasTcp, hasUdp] = await Promise.all([hasOpened(server), hasOpened(socket)]);
  if (hasTcp) server.close();
  if (hasUdp) socket.close();
  return hasTcp && hasUdp;
}

describe('defect 28: an offset', () => {
  it('moves the ports to listen on, and not those of the real servers', async () => {
    cluster = await startDemoCluster({ count: 2 });
    const [server] = cluster.servers;
    const { web, dicom, query, mwl, check } = server!.ports;
    const ports = `web=${web},dicom=${dicom},query=${query},mwl=${mwl},check=${check}`;
    const servers = cluster.servers.flatMap(({ name, host }) => ['--server', `${name}=${host}`]);
    const offset = await freeOffset([web, dicom, query, mwl, check]);
    const options = ['--self-test', '--vip', vip, '--ports', ports, '--port-offset', String(offset)];
    example = new ProgramProcess('examples/run-infinitt.ts', [...options, ...servers]);
    expect(await example.ended(), example.output).toBe(0);
    expect(example.output).toContain('rows passed.');
  });
});

describe('defect 28: ports that this user may not have', () => {
  const wanted = { web: 80, dicom: 104, query: 105, mwl: 204, check: 137 };

  it.skipIf(!isOrdinary)('are moved on where the first others are in use, real servers or not', async () => {
    const blocker = createServer().listen(8080, '127.0.0.1');
    blockers.push(blocker);
    await Promise.race([once(blocker, 'listening'), once(blocker, 'error')]);
    const { ports, notice } = await choosePorts('127.0.0.1', wanted, undefined, false);
    expect(ports.web).toBeGreaterThan(8080);
    expect(notice).toMatch(/not permitted.*moved by \d+; the real servers are reached on their own/u);
  });
});
