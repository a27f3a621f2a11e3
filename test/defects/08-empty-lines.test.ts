import { afterEach, describe, expect, it } from 'vitest';
import {
  closeAll,
  eventually,
  get,
  openHttpServer,
  openHttpService,
  RawClient,
} from '../support/http-harness.ts';

afterEach(closeAll);

const post = 'POST / HTTP/1.1\r\nHost: pacs.test\r\nContent-Length: 4\r\n\r\nbody';

async function open(http: { headTimeoutMs: number; keepAliveTimeoutMs: number }) {
  const server = await openHttpServer('ok');
  const service = await openHttpService({ servers: [server.port], http });
  return { service, client: await RawClient.connect(service.port) };
}

describe('defect 8: an empty line behind a request is no request', () => {
  it('so the keep-alive limit counts, and nothing is answered to it', async () => {
    const { client, service } = await open({ headTimeoutMs: 40, keepAliveTimeoutMs: 200 });
    const sentMs = performance.now();
    await client.ask(`${post}\r\n`);
    const answer = client.received;
    expect(await client.ended()).toBe('end');
    expect(performance.now() - sentMs).toBeGreaterThan(150);
    expect(client.received).toBe(answer);
    expect(service.counters.refusedTotal).toBe(0);
  });

  it.each([1, 2, 3, 8_000])('nor are %i of them', async (count) => {
    const { client, service } = await open({ headTimeoutMs: 5_000, keepAliveTimeoutMs: 5_000 });
    expect(await client.ask(post + '\r\n'.repeat(count))).toMatch(/^HTTP\/1.1 200/);
    expect(await client.ask(`${'\r\n'.repeat(count)}${get('/next')}`)).toMatch(/^HTTP\/1.1 200/);
    expect(service.counters.refusedTotal).toBe(0);
  });

  it('nor one that comes in two pieces, or before the first request', async () => {
    const { client, service } = await open({ headTimeoutMs: 5_000, keepAliveTimeoutMs: 5_000 });
    for (const [piece, count] of [
      ['\r', 1],
      ['\n\r', 3],
    ] as const) {
      client.send(piece);
      await eventually(() => service.accepted[0]?.bytesRead === count);
    }
    expect(await client.ask(`\n${get('/')}`)).toMatch(/^HTTP\/1.1 200/);
  });

  it('and empty lines that trickle in do not prolong the wait for a request', async () => {
    const { client } = await open({ headTimeoutMs: 5_000, keepAliveTimeoutMs: 150 });
    await client.ask(post);
    const trickle = setInterval(() => client.send('\r\n'), 10);
    try {
      expect(await client.ended()).not.toBe('close');
    } finally {
      clearInterval(trickle);
    }
  });

  it('while a lone CR, or one with something else behind it, is still refused', async () => {
    const { client } = await open({ headTimeoutMs: 5_000, keepAliveTimeoutMs: 5_000 });
    await client.ask(post);
    client.send(`\r${get('/next')}`);
    await client.until('HTTP/1.1 400');
  });
});
