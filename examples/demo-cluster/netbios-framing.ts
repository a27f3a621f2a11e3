const lengthBytes = 2;
const maxPacketBytes = 0xffff;

/** Puts the length before a name service packet, as it travels over TCP (RFC 1002 §4.2.1, §5.1.4). */
export function framePacket(packet: Buffer): Buffer {
  if (packet.length > maxPacketBytes) throw new RangeError(`a packet of ${packet.length} bytes has no frame`);
  const frame = Buffer.allocUnsafe(lengthBytes + packet.length);
  frame.writeUInt16BE(packet.length, 0);
  packet.copy(frame, lengthBytes);
  return frame;
}

/** Cuts a TCP stream into name service packets. Holds one incomplete packet, 64 KiB at most, and one chunk. */
export class PacketReader {
  #pending: Buffer = Buffer.alloc(0);

  /** The packets that are complete now. */
  push(chunk: Buffer): readonly Buffer[] {
    let rest: Buffer = Buffer.concat([this.#pending, chunk]);
    const packets: Buffer[] = [];
    while (rest.length >= lengthBytes) {
      const end = lengthBytes + rest.readUInt16BE(0);
      if (rest.length < end) break;
      packets.push(rest.subarray(lengthBytes, end));
      rest = rest.subarray(end);
    }
    this.#pending = rest;
    return packets;
  }
}
