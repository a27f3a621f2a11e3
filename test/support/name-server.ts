import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { IpAddress } from '../../src/model/address.ts';

/** What it says about one name: its addresses, an RCODE, or nothing at all. */
export type NameEntry =
  { readonly addresses: readonly string[]; readonly ttl?: number } | { readonly rcode: number } | 'silent';

const typeA = 1;
const typeAaaa = 28;
const nxdomain = 3;

/** A small name server on UDP (RFC 1035): one question, A and AAAA. What it does not know does not exist. */
export class NameServer {
  readonly names = new Map<string, NameEntry>();
  /** `name A` or `name AAAA`, in order. */
  readonly queries: string[] = [];
  /** Types that are never answered. */
  readonly silentTypes = new Set<'A' | 'AAAA'>();
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (query, from) => {
      const answer = this.#answer(query);
      if (answer !== undefined) socket.send(answer, from.port, from.address);
    });
  }

  static async start(port = 0): Promise<NameServer> {
    const socket = createSocket('udp4').bind(port, '127.0.0.1');
    await once(socket, 'listening');
    return new NameServer(socket);
  }

  /** For `dns.setServers`. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  close(): void {
    this.#socket.close();
  }

  #answer(query: Buffer): Buffer | undefined {
    const { name, type, end } = question(query);
    const kind = type === typeA ? 'A' : 'AAAA';
    this.queries.push(`${name} ${kind}`);
    const entry = this.names.get(name) ?? { rcode: nxdomain };
    if (entry === 'silent' || this.silentTypes.has(kind)) return undefined;
    const isV6 = type === typeAaaa;
    const found = 'addresses' in entry ? entry.addresses.filter((address) => isIPv6(address) === isV6) : [];
    const records = found.map((address) => record(address, type, 'ttl' in entry ? (entry.ttl ?? 0) : 0));
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(0x8180 | ('rcode' in entry ? entry.rcode : 0), 2);
    head.writeUInt16BE(records.length, 6);
    head.writeUInt32BE(0, 8);
    return Buffer.concat([head, query.subarray(12, end), ...records]);
  }
}

function question(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

/** The name is a pointer to that of the question. */
function record(address: string, type: number, ttl: number): Buffer {
  const { w0, w1, w2, w3 } = IpAddress.parse(address)!;
  const words = type === typeA ? [w3] : [w0, w1, w2, w3];
  const bytes = Buffer.alloc(12 + 4 * words.length);
  bytes.writeUInt16BE(0xc00c, 0);
  bytes.writeUInt16BE(type, 2);
  bytes.writeUInt16BE(1, 4);
  bytes.writeUInt32BE(ttl, 6);
  bytes.writeUInt16BE(4 * words.length, 10);
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word, 12 + 4 * index);
  return bytes;
}
