import { loadLibc } from '../../src/engine/linux/kernel/libc.ts';
import { writeSocketAddress } from '../../src/engine/linux/kernel/socket-address.ts';
import { AF_INET } from '../../src/engine/linux/kernel/system-constants.ts';
import { IpAddress } from '../../src/model/address.ts';

const SOCK_RAW = 3;
/** The sender writes the header of IP itself. */
const IPPROTO_RAW = 255;
const IPPROTO_UDP = 17;
const ipHeader = 20;
const udpHeader = 8;

/** An IPv4 address and a port. */
interface Place {
  readonly host: string;
  readonly port: number;
}

/** Why this process may not forge datagrams; undefined where it may. */
export function forgeryProblem(): string | undefined {
  try {
    close(openRaw());
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** Sends a datagram that claims to come from elsewhere. */
export function forge(from: Place, to: Place, text: string): void {
  const packet = Buffer.alloc(ipHeader + udpHeader + text.length);
  // Version 4 and a header of five words; the kernel fills in the length, the number and the checksum.
  packet[0] = 0x45;
  packet[8] = 64;
  packet[9] = IPPROTO_UDP;
  const [source, target] = [from, to].map(({ host }) => IpAddress.parse(host)!);
  packet.writeUInt32BE(source!.w3, 12);
  packet.writeUInt32BE(target!.w3, 16);
  packet.writeUInt16BE(from.port, ipHeader);
  packet.writeUInt16BE(to.port, ipHeader + 2);
  // Without a checksum, as UDP over IPv4 may be.
  packet.writeUInt16BE(udpHeader + text.length, ipHeader + 4);
  packet.write(text, ipHeader + udpHeader, 'latin1');
  const name = Buffer.alloc(16);
  writeSocketAddress(name, 0, AF_INET, target!, 0);
  const socket = openRaw();
  const send = loadLibc().koffi.load(null).func('int sendto(int, void *, size_t, int, void *, uint32_t)') as (
    descriptor: number,
    bytes: Buffer,
    length: number,
    flags: number,
    name: Buffer,
    nameLength: number,
  ) => number;
  try {
    if (send(socket, packet, packet.length, 0, name, name.length) < 0)
      throw new Error(`sendto: error ${loadLibc().errno()}`);
  } finally {
    close(socket);
  }
}

function openRaw(): number {
  const libc = loadLibc();
  const socket = libc.socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
  if (socket < 0) throw new Error(`a raw socket needs CAP_NET_RAW (error ${libc.errno()})`);
  return socket;
}

function close(descriptor: number): void {
  loadLibc().close(descriptor);
}
