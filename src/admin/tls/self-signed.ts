import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { IpAddress } from '../../model/address.ts';
import { isoTime } from '../../runtime/log-time.ts';
import {
  bitString,
  boolean,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  tagged,
  time,
  utf8String,
} from './der.ts';

const dayMs = 24 * 60 * 60_000;
/** Browsers take no more than 398 days. */
const validDays = 397;

const ecdsaWithSha256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));

/** A certificate and its private key, in PEM form. */
export interface CertificatePair {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Makes a certificate that nobody but itself vouches for (X.509 version 3, RFC 5280; ECDSA on P-256).
 *
 * @param hosts names and IP addresses that it is for
 */
export function makeSelfSigned(hosts: readonly string[], nowMs: number): CertificatePair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const toSign = describeCertificate(hosts, nowMs, spki);
  const signature = sign('sha256', toSign, privateKey);
  const certificate = sequence(toSign, ecdsaWithSha256, bitString(signature));
  const lines = certificate.toString('base64').match(/.{1,64}/gu) ?? [];
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The part that is signed: TBSCertificate. */
function describeCertificate(hosts: readonly string[], nowMs: number, spki: Buffer): Buffer {
  const serial = randomBytes(16);
  // Positive, and with no zero before it.
  serial.writeUInt8((serial.readUInt8(0) & 0x3f) | 0x40, 0);
  const name = sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8String('Sluice administration'))));
  // Clocks of other machines may be behind.
  const validity = sequence(time(isoTime(nowMs - dayMs)), time(isoTime(nowMs + (validDays - 1) * dayMs)));
  return sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ecdsaWithSha256,
    name,
    validity,
    name,
    spki,
    tagged(0xa3, sequence(...extensionsFor(hosts, spki))),
  );
}

/** No key usage: a browser that trusts the certificate itself asks whether its key may sign it. */
function extensionsFor(hosts: readonly string[], spki: Buffer): readonly Buffer[] {
  const keyId = createHash('sha256').update(spki).digest().subarray(0, 20);
  const serverAuth = sequence(objectIdentifier('1.3.6.1.5.5.7.3.1'));
  return [
    extension('2.5.29.19', sequence(), true),
    extension('2.5.29.37', serverAuth),
    extension('2.5.29.14', octetString(keyId)),
    extension('2.5.29.17', sequence(...hosts.map(nameOf))),
  ];
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return sequence(objectIdentifier(id), ...(isCritical ? [boolean(true)] : []), octetString(value));
}

/** A name of SubjectAltName: an address as bytes, or a host name. */
function nameOf(host: string): Buffer {
  const address = IpAddress.parse(host);
  if (address === undefined) return tagged(0x82, Buffer.from(host, 'latin1'));
  const bytes = Buffer.alloc(16);
  for (const [index, word] of [address.w0, address.w1, address.w2, address.w3].entries())
    bytes.writeUInt32BE(word >>> 0, index * 4);
  return tagged(0x87, address.isV4 ? bytes.subarray(12) : bytes);
}
