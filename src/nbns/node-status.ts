import { decodeAnswer, encodeAnswer } from './answer.ts';
import { packetFlags } from './header.ts';
import { anyName, plainNameLength, readPlainName, writePlainName, type NetbiosName } from './name.ts';
import { encodeQuestion, recordTypes } from './question.ts';

/** One of the names that a machine has. */
export interface OwnedName extends NetbiosName {
  /** Which of {@link nameFlags} are set. */
  readonly flags: number;
}

/** Bits of a name (RFC 1002 §4.2.18); 0x6000 is how its owner finds others. */
export const nameFlags = {
  group: 0x8000,
  deregistering: 0x1000,
  conflict: 0x0800,
  active: 0x0400,
  permanent: 0x0200,
} as const;

/** What a machine says about itself. */
export interface NodeStatus {
  readonly transactionId: number;
  /** 0: no error; otherwise `names` is empty. */
  readonly responseCode: number;
  readonly names: readonly OwnedName[];
}

const entryLength = plainNameLength + 2;
/** Counters that nobody fills in any more; the first six bytes would be the hardware address. */
const statisticsLength = 46;

/**
 * Asks a machine for its names (50 bytes).
 *
 * @param transactionId 0 to 65535; the answer carries it back
 * @param name any name of the machine
 */
export function encodeNodeStatusRequest(transactionId: number, name: NetbiosName = anyName): Buffer {
  return encodeQuestion({
    transactionId,
    kind: 'nodeStatus',
    name,
    isBroadcast: false,
    recursionDesired: false,
  });
}

/**
 * A machine's answer to {@link encodeNodeStatusRequest}.
 *
 * @param names at most 255; 26 fit the 576 bytes that every client takes
 * @param asked the name that the question was about
 * @throws RangeError where a name does not fit, or there are too many
 */
export function encodeNodeStatusResponse(
  transactionId: number,
  names: readonly OwnedName[],
  asked: NetbiosName = anyName,
): Buffer {
  const data = Buffer.alloc(1 + names.length * entryLength + statisticsLength);
  data.writeUInt8(names.length, 0);
  for (const [index, name] of names.entries()) {
    writePlainName(name, data, 1 + index * entryLength);
    data.writeUInt16BE(name.flags, 1 + index * entryLength + plainNameLength);
  }
  return encodeAnswer({
    transactionId,
    flags: packetFlags.authoritative,
    responseCode: 0,
    name: asked,
    recordType: 'nodeStatus',
    ttlSeconds: 0,
    data,
  });
}

/** @returns undefined where the bytes are no answer to a node status request */
export function decodeNodeStatusResponse(
  bytes: Buffer,
  start = 0,
  end = bytes.length,
): NodeStatus | undefined {
  const answer = decodeAnswer(bytes, start, end);
  if (answer === undefined) return undefined;
  const { transactionId, responseCode, dataStart, dataEnd } = answer;
  if (responseCode !== 0) return { transactionId, responseCode, names: [] };
  if (answer.recordType !== recordTypes.nodeStatus || dataStart === dataEnd) return undefined;
  const count = bytes.readUInt8(dataStart);
  if (dataStart + 1 + count * entryLength > dataEnd) return undefined;
  const names = Array.from({ length: count }, (_, index) => {
    const entry = dataStart + 1 + index * entryLength;
    return { ...readPlainName(bytes, entry), flags: bytes.readUInt16BE(entry + plainNameLength) };
  });
  return { transactionId, responseCode, names };
}
