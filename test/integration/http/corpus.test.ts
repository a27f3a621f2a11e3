import { readFileSync } from 'node:fs';
import net from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { closeAll, get, openHttpService, openRawServer, RawClient } from '../../support/http-harness.ts';
import { openStrictServer, type SeenRequest } from '../../support/strict-server.ts';

afterEach(closeAll);

/** A case of the corpus; see `test/fixtures/http1-cases.json` for where each comes from. */
interface CorpusCase {
  readonly src: string;
  readonly id: string;
  readonly dir: 'request' | 'response' | 'te-gadget';
  readonly bytes?: string;
  readonly gadget?: string;
  readonly oracle: string;
}

interface Attack {
  readonly name: string;
  readonly bytes: string;
  readonly isGadget: boolean;
  readonly isInvalid: boolean;
}

/** A whole valid message comes before the fault: that one is rightly carried, and the rest is not. */
const faultsBehindMessage: readonly string[] = [
  'test/request/connection.md:85',
  'test/request/connection.md:160',
  'test/response/connection.md:168',
  'test/response/connection.md:231',
];
/** Services that are attacked at the same time, each with a server of its own. */
const lanes = 12;
/** A client is done once nothing came for so long. */
const quietMs = 40;

const corpus = JSON.parse(
  readFileSync(new URL('../../fixtures/http1-cases.json', import.meta.url), 'utf8'),
) as { readonly cases: readonly CorpusCase[] };
const decode = (base64: string | undefined): string => Buffer.from(base64 ?? '', 'base64').toString('latin1');

/** Around each way to hide a `Transfer-Encoding`: two parsers that disagree about it, either way round. */
function attacksOf(corpusCase: CorpusCase): Attack[] {
  const name = `${corpusCase.src} ${corpusCase.id}`;
  if (corpusCase.dir === 'request') {
    const isInvalid = corpusCase.oracle === 'reject' && !faultsBehindMessage.includes(corpusCase.id);
    return [{ name, bytes: decode(corpusCase.bytes), isGadget: false, isInvalid }];
  }
  const gadget = decode(corpusCase.gadget);
  const chunk = '0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost\r\nX: ';
  const inner = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\nContent-Length: 15\r\n\r\nx=1';
  const chunks = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
  const post = (length: number, body: string): string =>
    `POST /a HTTP/1.1\r\n${gadget}\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n${body}`;
  return [
    { name: `${name} CL.TE`, bytes: post(chunk.length, chunk), isGadget: true, isInvalid: false },
    { name: `${name} TE.CL`, bytes: post(4, chunks), isGadget: true, isInvalid: false },
  ];
}

const attacks = corpus.cases.filter(({ dir }) => dir !== 'response').flatMap(attacksOf);

/** Sends bytes, waits until the connection ends or is quiet, and goes away. */
function send(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    let received = '';
    const done = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(received);
    };
    const timer = setTimeout(done, quietMs);
    socket.on('connect', () => socket.write(bytes, 'latin1'));
    socket.on('data', (data) => {
      received += data.toString('latin1');
      timer.refresh();
    });
    for (const event of ['end', 'error', 'close']) socket.on(event, done);
  });
}

/** Somebody else, on a connection of his own, behind the same service. */
async function isUndisturbed(port: number, target: string): Promise<boolean> {
  const client = await RawClient.connect(port);
  client.send(get(target, 'Connection: close'));
  await client.ended();
  return client.received.startsWith('HTTP/1.1 200 OK\r\n') && client.received.endsWith(`\r\n\r\n${target}`);
}

function violationsOf(attack: Attack, seen: readonly SeenRequest[]): string[] {
  const violations = seen.flatMap((request) => request.violations);
  const isSmuggled = attack.isGadget && seen.some(({ requestLine }) => requestLine.includes('/smuggled'));
  return isSmuggled ? [...violations, 'smuggled'] : violations;
}

async function runLane(own: readonly Attack[], hard: string[], soft: string[]): Promise<void> {
  const server = await openStrictServer();
  const service = await openHttpService({ servers: [server.port] });
  for (const [index, attack] of own.entries()) {
    server.seen.length = 0;
    await send(service.port, attack.bytes);
    if (attack.isInvalid && server.seen.length > 0) soft.push(attack.name);
    const isSafe = await isUndisturbed(service.port, `/victim${index}`);
    const violations = violationsOf(attack, server.seen);
    if (!isSafe) violations.push('victim disturbed');
    if (violations.length > 0) hard.push(`${attack.name}: ${violations.join(', ')}`);
  }
}

describe('the corpus of others’ cases', () => {
  it(
    'requests: what reaches a server is beyond doubt, and nobody else is disturbed',
    { timeout: 120_000 },
    async () => {
      const hard: string[] = [];
      const soft: string[] = [];
      const own = (lane: number): Attack[] => attacks.filter((_, index) => index % lanes === lane);
      await Promise.all(Array.from({ length: lanes }, (_, lane) => runLane(own(lane), hard, soft)));
      expect(hard).toEqual([]);
      // What llhttp refuses and this proxy forwards, after its own strict reading.
      expect(soft).toEqual([]);
    },
  );

  it('responses: a client can tell those that are not valid', { timeout: 60_000 }, async () => {
    for (const { id, bytes, oracle } of corpus.cases.filter(({ dir }) => dir === 'response')) {
      const server = await openRawServer(({ socket }) => socket.end(decode(bytes), 'latin1'));
      const service = await openHttpService({ servers: [server.port] });
      const client = await RawClient.connect(service.port);
      await client.send(get('/', 'Connection: close')).ended();
      const { received } = client;
      expect(received, id).toMatch(/^HTTP\/1\.1 [1-9]\d\d /);
      if (faultsBehindMessage.includes(id)) {
        expect(received.split('HTTP/1.1 '), id).toHaveLength(2);
      } else if (oracle === 'reject') {
        const isCutShort =
          received.includes('\r\nTransfer-Encoding: chunked\r\n') && !received.endsWith('0\r\n\r\n');
        expect(isCutShort || received.startsWith('HTTP/1.1 502 '), id).toBe(true);
      }
      expect(service.leases, id).toBe(0);
      await closeAll();
    }
  });
});
