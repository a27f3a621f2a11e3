import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Acceptor, Connection } from '../../../src/engine/engine.ts';
import { LinuxEngine } from '../../../src/engine/linux/linux-engine.ts';
import { linuxProblem } from '../../../src/engine/linux/self-test.ts';
import { SharedSockets } from '../../../src/engine/linux/shared-sockets.ts';
import { PortableEngine } from '../../../src/engine/portable/portable-engine.ts';
import { unclaimed } from '../../../src/engine/common/unclaimed.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';
import { OtherSide } from './other-side.ts';
import { onceFasterThan } from '../../support/once-faster-than.ts';

const place = { host: '127.0.0.1', port: 0 };
const silence = { onDatagram: () => undefined, onError: () => undefined };

/** Says hello to whoever comes. */
const greeting: Acceptor = {
  onAccept: (connection: Connection) => {
    connection.handler = { ...unclaimed };
    connection.write(Buffer.from('hello'), 0, 5);
  },
};

describe.skipIf(linuxProblem() !== undefined)('sockets that several engines share', () => {
  let engine: LinuxEngine;
  const opened: SharedSockets[] = [];

  beforeEach(() => {
    engine = new LinuxEngine(systemRuntime);
  });
  afterEach(async () => {
    await engine.close();
    for (const sockets of opened.splice(0)) sockets.close();
  });

  function open(protocol: 'TCP' | 'UDP', port = 0): SharedSockets {
    const sockets = new SharedSockets({ protocol, ...place, port, count: 3 });
    opened.push(sockets);
    return sockets;
  }

  it.each(['TCP', 'UDP'] as const)(
    '%s: claim a port against everybody else, and give it back',
    (protocol) => {
      const sockets = open(protocol);
      expect(new Set(sockets.descriptors).size).toBe(3);
      expect(() => open(protocol, sockets.port)).toThrow(
        expect.objectContaining({ code: 'SLUICE_ERR_ADDRESS_IN_USE' }),
      );
      sockets.close();
      expect(open(protocol, sockets.port).port).toBe(sockets.port);
    },
  );

  it('keep clients waiting from the end of one listener to the next', async () => {
    const sockets = new SharedSockets({ protocol: 'TCP', ...place, count: 1 });
    opened.push(sockets);
    const [descriptor = -1] = sockets.descriptors;
    const first = await engine.listen({ ...place, descriptor }, greeting);
    expect([first.host, first.port]).toEqual([sockets.host, sockets.port]);
    await first.close();
    const client = new OtherSide(connect(sockets.port, sockets.host));
    await once(client.socket, 'connect');
    expect(client.byteCount).toBe(0);
    await engine.listen({ ...place, descriptor }, greeting);
    await client.untilBytes(5);
    client.socket.destroy();
  });

  it.each(['TCP', 'UDP'] as const)(
    '%s: cost nothing more once an engine has closed its own',
    async (protocol) => {
      const { descriptors, host, port } = open(protocol);
      const others: { close(): unknown }[] = [await engine.bindUdp(place, silence)];
      for (const descriptor of descriptors) {
        const options = { ...place, descriptor };
        const bound =
          protocol === 'TCP'
            ? await engine.listen(options, greeting)
            : await engine.bindUdp(options, silence);
        await bound.close();
      }
      // What comes now waits in the sockets that stay open.
      for (let client = 0; client < 16; client++) {
        const socket = protocol === 'TCP' ? connect(port, host) : createSocket('udp4');
        if (socket instanceof Socket) await once(socket, 'connect');
        else await new Promise((resolve) => socket.send('x', port, host, resolve));
        others.push({ close: () => (socket instanceof Socket ? socket.destroy() : socket.close()) });
      }
      await onceFasterThan(50, async () => {
        const before = process.cpuUsage();
        await new Promise((resolve) => setTimeout(resolve, 300));
        const { user, system } = process.cpuUsage(before);
        return (user + system) / 1000;
      });
      for (const other of others) other.close();
    },
  );

  it('are nothing for the portable engine', async () => {
    const portable = new PortableEngine(systemRuntime);
    const [descriptor = -1] = open('TCP').descriptors;
    await expect(portable.listen({ ...place, descriptor }, greeting)).rejects.toMatchObject({
      code: 'SLUICE_ERR_LISTEN',
    });
    await portable.close();
  });
});
