import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { afterEach, describe, expect, it } from 'vitest';
import type { AccessRecord, AccessSubject } from '../../../src/index.ts';
import { Condition } from '../../contract/engine/condition.ts';
import { closeAll, get, openHttpServer, openHttpService, RawClient } from '../../support/http-harness.ts';
import { noWorkers, WorkersScene } from '../../support/workers-scene.ts';
import { tcpService } from '../balancer/balancer-scene.ts';
import { TcpScene } from '../tcp/tcp-scene.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await closeAll();
});

/** What comes over some channels from now on. */
class Messages {
  readonly all: { readonly channel: string; readonly message: AccessSubject }[] = [];
  readonly #condition = new Condition();

  constructor(...channels: readonly string[]) {
    for (const channel of channels) {
      const note = (message: unknown): void => {
        this.all.push({ channel, message: message as AccessSubject });
        this.#condition.changed();
      };
      subscribe(channel, note);
      closers.push(() => unsubscribe(channel, note));
    }
  }

  count(count: number): Promise<void> {
    return this.#condition.until(() => this.all.length >= count);
  }
}

describe('a tracer', () => {
  it('hears of the begin and the end of a session', async () => {
    const scene = new TcpScene();
    closers.push(() => scene.close());
    await scene.start(1);
    const messages = new Messages('sluice:session:start', 'sluice:session:end');
    (await scene.session()).socket.resetAndDestroy();
    await messages.count(2);
    const [start, end] = messages.all;
    expect([start?.channel, end?.channel]).toEqual(['sluice:session:start', 'sluice:session:end']);
    expect(end?.message.sessionId).toBe(start?.message.sessionId);
    expect((end?.message as AccessRecord).ending).toBe('CD');
  });

  it('hears of an exchange and the trace that it belongs to, and not what it asked for', async () => {
    const { port, requests } = await openHttpServer('A');
    const service = await openHttpService({ servers: [port] });
    const messages = new Messages('sluice:exchange:start', 'sluice:exchange:end');
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    const client = await RawClient.connect(service.port);
    await client.ask(get('/studies/1.2.3.4?PatientName=DOE', `traceparent: ${traceparent}`));
    await client.ask(get('/', `traceparent: ${traceparent}; DOE`));
    await messages.count(4);
    expect(messages.all.map(({ message }) => message.traceparent)).toEqual([
      traceparent,
      traceparent,
      undefined,
      undefined,
    ]);
    expect(JSON.stringify(messages.all)).not.toMatch(/DOE|studies/u);
    expect(requests[0]?.headers['traceparent']).toBe(traceparent);
  });

  it.skipIf(noWorkers !== undefined)('hears of sessions in workers, though it came late', async () => {
    const scene = new WorkersScene(2);
    closers.push(() => scene.close());
    const server = await scene.addServer('s1');
    const balancer = await scene.start(tcpService('DICOM', [server.options]));
    const messages = new Messages('sluice:session:end');
    while (messages.all.length === 0) {
      (await scene.session('DICOM')).socket.resetAndDestroy();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(messages.all[0]?.message).toMatchObject({ service: 'DICOM', protocol: 'tcp', server: 's1' });
    expect(balancer.engine.name).toBe('linux');
  });
});
