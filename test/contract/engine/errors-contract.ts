import { describe, expect, it } from 'vitest';
import type { ConnectOptions } from '../../../src/engine/engine.ts';
import { SluiceError } from '../../../src/base/errors.ts';
import { bothKinds, type EngineFixture } from './engine-fixture.ts';
import { Recorder, type RecordedEvent } from './recorder.ts';

const acceptor = { onAccept: () => undefined };

/** What cannot be bound or connected to, and handlers that throw. */
export function describeErrors(fixture: () => EngineFixture): void {
  async function closeOf(options: ConnectOptions): Promise<Recorder> {
    const recorder = new Recorder();
    fixture().engine.connect(options, recorder);
    await recorder.until('close');
    expect(recorder.events).toEqual(['close']);
    return recorder;
  }

  describe('a connection that never stands', () => {
    it('is refused where nothing listens', async () => {
      const port = await fixture().closedPort();
      const { closeError } = await closeOf({ host: '127.0.0.1', port });
      expect(closeError).toMatchObject({
        code: 'SLUICE_ERR_CONNECT_REFUSED',
        side: 'server',
        retryable: true,
        message: expect.stringContaining(`127.0.0.1:${port}`) as string,
        cause: { code: 'ECONNREFUSED' },
      });
    });

    it.each([
      ['a host name that does not exist', { host: 'no-such-host.invalid', port: 104 }],
      ['a port that does not exist', { host: '127.0.0.1', port: 70_000 }],
      ['a broadcast address', { host: '255.255.255.255', port: 104 }],
      ['a local address of another machine', { host: '127.0.0.1', port: 104, localAddress: '203.0.113.1' }],
      ['a local address that is none', { host: '127.0.0.1', port: 104, localAddress: 'here' }],
    ])('fails for %s', async (_what, options) => {
      const { closeError } = await closeOf(options);
      expect(closeError).toMatchObject({ code: 'SLUICE_ERR_CONNECT', retryable: true });
      expect(closeError?.message).toContain(`${options.host}:${options.port}`);
      expect(closeError?.cause).toBeInstanceOf(Error);
    });
  });

  describe('a listener that cannot be', () => {
    it('names the endpoint that is in use', async () => {
      const { engine } = fixture();
      const { port } = await engine.listen({ host: '127.0.0.1', port: 0 }, acceptor);
      await expect(engine.listen({ host: '127.0.0.1', port }, acceptor)).rejects.toMatchObject({
        code: 'SLUICE_ERR_ADDRESS_IN_USE',
        message: expect.stringContaining(`127.0.0.1:${port}`) as string,
        cause: { code: 'EADDRINUSE' },
      });
    });

    it('says how to add an address that is not on this machine', async () => {
      await expect(fixture().engine.listen({ host: '203.0.113.1', port: 0 }, acceptor)).rejects.toMatchObject(
        {
          code: 'SLUICE_ERR_ADDRESS_NOT_AVAILABLE',
          message: expect.stringContaining('ip address add 203.0.113.1/32 dev') as string,
        },
      );
    });

    it('wants an IP address, and a port that exists', async () => {
      for (const options of [
        { host: 'localhost', port: 0 },
        { host: '', port: 0 },
        { host: '127.0.0.1', port: 70_000 },
      ]) {
        await expect(fixture().engine.listen(options, acceptor)).rejects.toMatchObject({
          code: 'SLUICE_ERR_LISTEN',
        });
      }
    });
  });

  describe.each(bothKinds)('a handler that throws, on a connection that was %s', (kind) => {
    it.each<RecordedEvent>(['data', 'end', 'drain', 'relayed'])('in on %s', async (event) => {
      const { connection, recorder, other } = await fixture().pair(kind);
      const bystander = await fixture().pair(kind);
      recorder.on[event] = () => {
        throw new RangeError('DOE^JOHN');
      };
      if (event === 'relayed') connection.relay(bystander.connection, 2);
      if (event === 'drain') {
        other.socket.pause();
        while (connection.write(Buffer.alloc(65_536), 0, 65_536));
        other.socket.resume();
      } else {
        other.socket.end('word');
      }
      await Promise.all([recorder.until('close'), other.untilReset()]);
      expect(other.wasReset).toBe(true);
      expect(recorder.closeError).toMatchObject({
        code: 'SLUICE_ERR_INTERNAL',
        cause: { name: 'RangeError' },
      });
      expect(recorder.closeCount).toBe(1);
      expect(fixture().log).toHaveLength(1);
      expect(fixture().log[0]).toMatch(/^error: on\w+ of .*127\.0\.0\.1.* threw RangeError/);
      expect(fixture().log[0]).not.toContain('DOE');
      bystander.other.send('alive');
      await bystander.recorder.untilBytes(5);
    });

    it('in onClose', async () => {
      const { connection, recorder } = await fixture().pair(kind);
      recorder.on.close = () => {
        throw new RangeError('at the end');
      };
      connection.reset();
      await recorder.until('close');
      await fixture().engine.close();
      expect(recorder.closeCount).toBe(1);
      expect(fixture().log).toHaveLength(1);
    });
  });

  it('resets a connection whose onConnect throws', async () => {
    const port = await fixture().plainServer((socket) => void socket.on('error', () => undefined));
    const recorder = new Recorder();
    recorder.on.connect = () => {
      throw new Error('no');
    };
    fixture().engine.connect({ host: '127.0.0.1', port }, recorder);
    await recorder.until('close');
    expect(recorder.closeError?.code).toBe('SLUICE_ERR_INTERNAL');
  });

  it('resets a connection whose onAccept throws or sets no handler, and accepts the next', async () => {
    const recorder = new Recorder();
    let count = 0;
    const listener = await fixture().listen((connection) => {
      if (++count === 1) throw new Error('no');
      if (count === 2) return;
      connection.handler = recorder;
      connection.resume();
    });
    for (let i = 0; i < 2; i++) {
      const other = fixture().dial(listener.port);
      await other.untilClose();
      expect(other.errorCode).toBe('ECONNRESET');
    }
    fixture().dial(listener.port).send('third');
    await recorder.untilBytes(5);
    expect(fixture().log).toHaveLength(2);
  });

  it('raises nothing but SluiceError', async () => {
    const error: unknown = await fixture()
      .engine.listen({ host: '127.0.0.1', port: -1 }, acceptor)
      .catch((reason: unknown) => reason);
    expect(SluiceError.is(error)).toBe(true);
  });
}
