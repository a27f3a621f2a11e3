/** The first twelve bytes of every packet of the name service (RFC 1002 §4.2.1.1). */
export interface PacketHeader {
  readonly transactionId: number;
  readonly isResponse: boolean;
  /** 0 query, 5 registration, 6 release, 7 wait for acknowledgement, 8 and 9 refresh. */
  readonly opcode: number;
  /** Which of {@link packetFlags} are set. */
  readonly flags: number;
  /** 0: no error. 3: no such name. */
  readonly responseCode: number;
  readonly questions: number;
  readonly answers: number;
  readonly authorities: number;
  readonly additionals: number;
}

/** Bits of the header. */
export const packetFlags = {
  response: 0x8000,
  authoritative: 0x0400,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
  broadcast: 0x0010,
} as const;

export const headerLength = 12;

/** @returns undefined where the packet is too short */
export function readHeader(bytes: Buffer, start: number, end: number): PacketHeader | undefined {
  if (end - start < headerLength) return undefined;
  const word = bytes.readUInt16BE(start + 2);
  return {
    transactionId: bytes.readUInt16BE(start),
    isResponse: (word & packetFlags.response) !== 0,
    opcode: (word >> 11) & 0x0f,
    flags: word & 0x87f0,
    responseCode: word & 0x0f,
    questions: bytes.readUInt16BE(start + 4),
    answers: bytes.readUInt16BE(start + 6),
    authorities: bytes.readUInt16BE(start + 8),
    additionals: bytes.readUInt16BE(start + 10),
  };
}

/** Writes the header of a query (opcode 0) or of the answer to one: a single question, or a single answer. */
export function writeHeader(into: Buffer, transactionId: number, flags: number, responseCode = 0): void {
  const isResponse = (flags & packetFlags.response) !== 0;
  into.writeUInt16BE(transactionId, 0);
  into.writeUInt16BE(flags | responseCode, 2);
  into.writeUInt16BE(isResponse ? 0 : 1, 4);
  into.writeUInt16BE(isResponse ? 1 : 0, 6);
  into.fill(0, 8, headerLength);
}
