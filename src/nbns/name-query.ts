import type { IpAddress } from '../model/address.ts';
import { encodeAnswer } from './answer.ts';
import { packetFlags } from './header.ts';
import type { NetbiosName } from './name.ts';
import { encodeQuestion } from './question.ts';

const answerFlags = packetFlags.authoritative | packetFlags.recursionDesired | packetFlags.recursionAvailable;

/** RFC 1002 §4.2.14: the name does not exist. */
const noSuchName = 3;

/** Asks where a name is without a broadcast, as a client does that was told which server to ask (`nmblookup -U`). */
export function encodeNameQuery(transactionId: number, name: NetbiosName): Buffer {
  return encodeQuestion({ transactionId, kind: 'name', name, isBroadcast: false, recursionDesired: true });
}

/**
 * The name is at these addresses. A balancer in between does not change them by itself: a client that asks
 * through it learns the server's own address.
 *
 * @param addresses IPv4 only, at least one
 * @param ttlSeconds how long the client may keep the answer; nmbd says 259200, three days
 * @param nameFlags 0x8000 for a group's name, 0x6000 for the owner's node type
 * @throws RangeError where an address is IPv6, or the name does not fit
 */
export function encodePositiveNameResponse(
  transactionId: number,
  name: NetbiosName,
  addresses: readonly IpAddress[],
  ttlSeconds = 259_200,
  nameFlags = 0,
): Buffer {
  const data = Buffer.alloc(6 * addresses.length);
  for (const [index, address] of addresses.entries()) {
    if (!address.isV4) throw new RangeError(`NetBIOS knows IPv4 only, not ${address.toString()}`);
    data.writeUInt16BE(nameFlags, 6 * index);
    data.writeUInt32BE(address.w3, 6 * index + 2);
  }
  return encodeAnswer({
    transactionId,
    flags: answerFlags,
    responseCode: 0,
    name,
    recordType: 'name',
    ttlSeconds,
    data,
  });
}

/** Nobody has the name. @throws RangeError where the name does not fit */
export function encodeNegativeNameResponse(
  transactionId: number,
  name: NetbiosName,
  responseCode: number = noSuchName,
): Buffer {
  return encodeAnswer({
    transactionId,
    flags: answerFlags,
    responseCode,
    name,
    recordType: 'none',
    ttlSeconds: 0,
    data: Buffer.alloc(0),
  });
}
