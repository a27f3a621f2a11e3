import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { httpProbe } from '../../src/health/probes/http-probe.ts';
import { ProbeFixture } from '../integration/health/probe-fixture.ts';

let fixture: ProbeFixture;

beforeEach(() => {
  fixture = new ProbeFixture();
});

afterEach(() => fixture.close());

/** Checks a server that answers in chunks, and keeps its connection open. */
async function check(...chunks: readonly string[]): Promise<string> {
  const body = [...chunks, ''].map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
  const port = await fixture.serveTcp((socket) => {
    socket.once('data', () => socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`));
  });
  const signal = AbortSignal.timeout(5_000);
  const probe = httpProbe({ method: 'GET', expectBody: 'database is ready' });
  return (await fixture.check(probe, port, signal)).code;
}

describe('defect 13: the expected text of a health check', () => {
  it('is found where the boundary of chunks cuts it', async () => {
    expect(await check('The data', 'base is', ' ready.')).toBe('status-200');
  });

  it('is missed as soon as the last chunk is there', async () => {
    expect(await check('The data', 'base is', ' not ready.')).toBe('body-mismatch');
  });
});
