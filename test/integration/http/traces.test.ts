import { afterEach, describe, expect, it } from 'vitest';
import { AccessLog } from '../../../src/records/access-log.ts';
import type { AccessLogOptions } from '../../../src/index.ts';
import { systemRuntime } from '../../../src/runtime/system-runtime.ts';
import { AccessRecords } from '../../support/access-records.ts';
import {
  closeAll,
  get,
  openHttpService,
  openRawServer,
  RawClient,
  type HttpServiceUnderTest,
  type RawConnection,
} from '../../support/http-harness.ts';
import { noWorkers, WorkersScene } from '../../support/workers-scene.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${trace}-00f067aa0ba902b7-01`;
const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const begun = /^traceparent: 00-([\da-f]{32})-([\da-f]{16})-01$/gmu;

let service: HttpServiceUnderTest;
let client: RawClient;
let connections: readonly RawConnection[];

afterEach(closeAll);

async function start(
  beginTraces: boolean,
  answer = ({ socket }: RawConnection): unknown => socket.write(ok),
): Promise<void> {
  const server = await openRawServer(answer);
  ({ connections } = server);
  service = await openHttpService({ servers: [server.port], http: { beginTraces } });
  client = await RawClient.connect(service.port);
}

function records(): AccessRecords {
  return new AccessRecords({
    accessLog: (log: AccessLogOptions) => new AccessLog(service.facts, systemRuntime, log),
  });
}

/** The lines that the server got of traces, in order. */
function received(): readonly string[] {
  return connections
    .flatMap((connection) => connection.received.split('\r\n'))
    .filter((line) => /^trace/iu.test(line));
}

describe.each([true, false])('with beginTraces: %s', (beginTraces) => {
  it("a client's trace reaches the server byte by byte", async () => {
    await start(beginTraces);
    const lines = [`TraceParent:  ${traceparent}`, 'tracestate: a=1,b=2', 'Tracestate: c@d=x~!=='];
    await client.ask(get('/', ...lines));
    await client.ask(get('/', ...lines));
    expect(received()).toEqual([...lines, ...lines]);
  });
});

describe('without beginTraces', () => {
  it('nothing is added, and what is not valid is passed on', async () => {
    await start(false);
    const told = records();
    await client.ask(get('/'));
    await client.ask(get('/', 'traceparent: x', 'tracestate: a=1'));
    expect(received()).toEqual(['traceparent: x', 'tracestate: a=1']);
    expect(await told.count(2)).toMatchObject({
      traceparent: undefined,
      traceId: undefined,
      spanId: undefined,
    });
  });
});

describe('with beginTraces', () => {
  it('begins a trace for each request that has none, and tells it', async () => {
    await start(true);
    const told = records();
    for (const lines of [[], ['traceparent: x', 'tracestate: a=1'], [`traceparent: ${traceparent}`]]) {
      await client.ask(get('/', ...lines));
    }
    const last = await told.count(3);
    const [first, second] = [...received().join('\n').matchAll(begun)].map(([, traceId, spanId]) => ({
      traceparent: undefined,
      ...{ traceId, spanId },
    }));
    expect(received()).toHaveLength(3);
    expect(told.all).toMatchObject([first, second, { traceparent, traceId: trace, spanId: undefined }]);
    expect(first?.traceId).not.toBe(second?.traceId);
    expect(last.traceId).toBe(trace);
  });

  it('keeps the trace of a request that is sent again', async () => {
    // The first connection carries one exchange, and dies with the second request.
    let requests = 0;
    await start(true, ({ socket }) => {
      requests += 1;
      if (requests === 2) socket.resetAndDestroy();
      else socket.write(ok);
    });
    const told = records();
    await client.ask(get('/1'));
    await client.ask(get('/2'));
    const { traceId } = await told.count(2);
    const ids = [...received().join('\n').matchAll(begun)].map(([, id]) => id);
    expect(ids).toEqual([told.all[0]?.traceId, traceId, traceId]);
  });
});

describe.skipIf(noWorkers !== undefined)('with beginTraces, in workers', () => {
  it('begins traces, and tells them to the main thread', async () => {
    const server = await openRawServer(({ socket }) => socket.write(ok));
    const scene = new WorkersScene(2);
    try {
      const servers = [{ name: 'A', host: '127.0.0.1', port: server.port }];
      const web = {
        name: 'WEB',
        host: '127.0.0.1',
        port: 0,
        mode: 'http',
        servers,
        beginTraces: true,
      } as const;
      const balancer = scene.build({ services: [web] });
      const told = new AccessRecords(balancer);
      await balancer.start();
      client = await RawClient.connect(scene.portOf('WEB'));
      while (told.all.length === 0) await client.ask(get('/'));
      const { traceId, spanId } = await told.first();
      expect(server.connections[0]?.received).toContain(`traceparent: 00-${traceId}-${spanId}-01\r\n`);
    } finally {
      await scene.close();
    }
  });
});
