import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { CookieJar } from '../../../examples/demo-cluster/traffic/cookie-jar.ts';
import { visit } from '../../../examples/demo-cluster/traffic/http-client.ts';
import { ProgramProcess } from '../../support/program-process.ts';

// The offsets below keep all ports under the range from which the system takes source ports.
const started: ProgramProcess[] = [];

function start(...args: ConstructorParameters<typeof ProgramProcess>): ProgramProcess {
  const example = new ProgramProcess(...args);
  started.push(example);
  return example;
}

afterEach(() => {
  for (const example of started.splice(0)) example.kill();
});

describe('run-infinitt', () => {
  it('passes its self-test: five services, persistence and failover', async () => {
    const example = start('examples/run-infinitt.ts', ['--self-test', '--port-offset', '12000']);
    expect(await example.ended(), example.output).toBe(0);
    expect(example.output).toContain('All 16 rows passed.');
    for (const service of ['INFINITT_Web', 'DICOM', 'QUERY', 'MWL', 'INFINITT_Check']) {
      expect(example.output).toMatch(new RegExp(`${service} .*killed.*pass`));
    }
  });

  it('fails its self-test where the servers do not answer', async () => {
    const args = [
      '--self-test',
      '--port-offset',
      '13000',
      '--server',
      'GONE1=127.0.0.91',
      '--server',
      'GONE2=127.0.0.92',
    ];
    const example = start('examples/run-infinitt.ts', args);
    expect(await example.ended()).toBe(1);
    expect(example.output).toContain('rows FAILED.');
  });

  it('serves until it is interrupted, and says how to reach it', async () => {
    const example = start('examples/run-infinitt.ts', [], { SLUICE_PORT_OFFSET: '14000' });
    await example.printed(/INF_PACS3 .*status-200/);
    const { status, server } = await visit(
      { host: '127.0.0.1', port: 14_080, timeoutMs: 3000 },
      new CookieJar(),
    );
    expect(status).toBe(200);
    expect(server).toMatch(/^INF_PACS[123]$/);
    expect(example.output).toMatch(/echoscu -aec PACS 127\.0\.0\.1 14104/);
    expect(await example.interrupt()).toBe(0);
  });

  it('prints events as JSON lines', async () => {
    const example = start('examples/run-infinitt.ts', ['--json', '--port-offset', '15000']);
    const [line] = await example.printed(/^\{"event":"serverHealthChanged".*\}$/m);
    expect(JSON.parse(line)).toMatchObject({ current: 'up', previous: 'unknown' });
    expect(await example.interrupt()).toBe(0);
    const lines = example.output.trim().split('\n');
    expect(lines.map((text) => JSON.parse(text) as unknown)).toHaveLength(lines.length);
  });

  it('refuses a bad flag with exit code 2 and a message without a trace', async () => {
    const example = start('examples/run-infinitt.ts', ['--ports', 'webb=80']);
    expect(await example.ended()).toBe(2);
    expect(example.output).toContain("got 'webb=80'");
    expect(example.output).not.toMatch(/\n {4}at /);
  });

  it('names the address to add where the VIP is not on this machine', async () => {
    const example = start('examples/run-infinitt.ts', ['--vip', '203.0.113.9', '--server', 'A=127.0.0.1']);
    expect(await example.ended()).toBe(1);
    expect(example.output).toContain('203.0.113.9');
    expect(example.output).toContain('ip address add');
  });
});

describe('custom-gateway', () => {
  const archives: Server[] = [];

  afterEach(() => {
    for (const archive of archives.splice(0)) archive.close();
  });

  it('sends each client to its home archive by its own strategy, on both services', async () => {
    archives.push(sayingServer('archive A').listen(11_112, '127.0.0.1'));
    archives.push(sayingServer('archive B').listen(11_113, '127.0.0.1'));
    await Promise.all(archives.map((archive) => once(archive, 'listening')));
    const example = start('examples/custom-gateway.ts', ['127.0.0.1', '0']);
    const [, dicom, query] = await example.printed(/DICOM on [\d.]+:(\d+), QUERY on [\d.]+:(\d+)/);
    expect(await readAll(Number(dicom), '127.0.0.1')).toBe('archive A');
    expect(await readAll(Number(query), '127.0.7.1')).toBe('archive B');
    await example.printed(/QUERY: 127\.0\.7\.1:\d+ goes to ARCHIVE_B \(home-archive\)/);
    expect(await example.interrupt()).toBe(0);
  });

  it('sends each site to its home archive by a header, and others by a cookie', async () => {
    const sites = ['north', 'south'].map((site) =>
      createHttpServer((_request, response) => response.end(site)),
    );
    archives.push(...sites);
    await Promise.all(
      sites.map((server, index) => once(server.listen(11_180 + index, '127.0.0.1'), 'listening')),
    );
    const example = start('examples/custom-gateway.ts', ['127.0.0.1', '0']);
    const [, web] = await example.printed(/WEB on [\d.]+:(\d+)/);
    const ask = (headers: Record<string, string>): Promise<Response> =>
      fetch(`http://127.0.0.1:${web}/`, { headers });
    for (const site of ['north', 'south', 'south', 'north']) {
      expect(await (await ask({ 'X-Site': site })).text()).toBe(site);
    }
    const cookies = (await ask({})).headers.getSetCookie();
    expect(cookies).toEqual([expect.stringMatching(/^SERVERID=/)]);
    await example.printed(/WEB: 127\.0\.0\.1:\d+ goes to ARCHIVE_B \(home-of-site\)/);
    expect(await example.interrupt()).toBe(0);
  });
});

describe('tracing', () => {
  it('makes a span of each exchange, in the trace of its client or in one that begins here', async () => {
    const seen: unknown[] = [];
    const server = createHttpServer(({ headers }, response) => {
      seen.push(headers['traceparent']);
      response.end('seen');
    }).listen(11_180, '127.0.0.1');
    await once(server, 'listening');
    const example = start('examples/tracing.ts', ['127.0.0.1', '0']);
    const [, port] = await example.printed(/WEB on 127\.0\.0\.1:(\d+)/);
    const ask = async (headers: Record<string, string>): Promise<void> => {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers });
      await response.text();
    };
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await ask({ traceparent });
    await ask({});
    await example.printed(/^\{"traceId".*\n.*\{"traceId".*$/msu);
    const spans = example.output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(spans).toMatchObject([
      { traceId: 'a'.repeat(32), parentSpanId: 'b'.repeat(16), name: 'GET WEB', status: { code: 0 } },
      { name: 'GET WEB', attributes: { 'client.address': '127.0.0.1', 'sluice.server': 'PACS1' } },
    ]);
    const [, begun] = spans;
    expect(begun?.['parentSpanId']).toBeUndefined();
    expect(seen).toEqual([traceparent, `00-${String(begun?.['traceId'])}-${String(begun?.['spanId'])}-01`]);
    expect(await example.interrupt()).toBe(0);
    server.closeAllConnections();
    server.close();
  });
});

describe('two-services', () => {
  it('starts both services, answers with the fallback page, and drains', async () => {
    const example = start('examples/two-services.ts', ['0', '0']);
    const [, port] = await example.printed(/Web \(http\) on 127\.0\.0\.1:(\d+)/);
    await example.printed(/DICOM \(tcp\) on 127\.0\.0\.1:\d+/);
    await example.printed(/Web: PACS1 drained \(empty\)/);
    await example.printed(/Web: PACS2 is down/);
    const answer = await fetch(`http://127.0.0.1:${port}/`);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain('closed for maintenance');
    expect(await example.interrupt()).toBe(0);
  });
});

/** Says one thing to everybody; probes hang up without listening. */
function sayingServer(text: string): Server {
  return createServer((socket) => {
    socket.on('error', () => undefined).end(text);
  });
}

async function readAll(port: number, localAddress: string): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, localAddress });
  let text = '';
  for await (const chunk of socket.setEncoding('utf8')) text += chunk as string;
  return text;
}
