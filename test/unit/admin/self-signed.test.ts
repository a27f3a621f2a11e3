import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { integer, objectIdentifier, octetString, time } from '../../../src/admin/tls/der.ts';
import { makeSelfSigned } from '../../../src/admin/tls/self-signed.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const dayMs = 24 * 60 * 60_000;

describe('a certificate that is made here', () => {
  const nowMs = Date.UTC(2026, 10, 30, 12, 0, 0);
  const { certificate, key } = makeSelfSigned(['lb.hospital.example', '10.0.0.5', '2001:db8::5'], nowMs);
  const read = new X509Certificate(certificate);

  it('is for its names and addresses', () => {
    expect(read.checkHost('lb.hospital.example')).toBeDefined();
    expect(read.checkHost('other.example')).toBeUndefined();
    expect(read.checkIP('10.0.0.5')).toBeDefined();
    expect(read.checkIP('2001:db8::5')).toBeDefined();
    expect(read.checkIP('10.0.0.6')).toBeUndefined();
    expect(read.ca).toBe(false);
  });

  it('is signed by its own key', () => {
    expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(read.verify(read.publicKey)).toBe(true);
    expect(read.checkIssued(read)).toBe(true);
  });

  it('lasts as long as browsers take', () => {
    const [from, to] = [Date.parse(read.validFrom), Date.parse(read.validTo)];
    expect(from).toBe(nowMs - dayMs);
    expect((to - from) / dayMs).toBe(397);
  });

  it('is what OpenSSL understands', () => {
    const path = join(folder, 'certificate.pem');
    writeFileSync(path, certificate);
    const text = execFileSync('openssl', ['x509', '-in', path, '-noout', '-text'], { encoding: 'utf8' });
    expect(text).toContain('Version: 3 (0x2)');
    expect(text).toContain('ecdsa-with-SHA256');
    expect(text).toContain('DNS:lb.hospital.example, IP Address:10.0.0.5, IP Address:2001:DB8:0:0:0:0:0:5');
    expect(text).toContain('TLS Web Server Authentication');
    const verified = execFileSync('openssl', [
      'verify',
      '-x509_strict',
      '-CAfile',
      path,
      '-partial_chain',
      path,
    ]);
    expect(verified.toString()).toContain('OK');
  });

  it('has another number each time', () => {
    const numbers = Array.from(
      { length: 8 },
      () => new X509Certificate(makeSelfSigned(['a'], nowMs).certificate),
    );
    expect(new Set(numbers.map(({ serialNumber }) => serialNumber)).size).toBe(8);
  });
});

describe('DER', () => {
  it('states long lengths and long numbers as the standard does', () => {
    expect(octetString(Buffer.alloc(127)).subarray(0, 2).toString('hex')).toBe('047f');
    expect(octetString(Buffer.alloc(200)).subarray(0, 3).toString('hex')).toBe('0481c8');
    expect(octetString(Buffer.alloc(300)).subarray(0, 4).toString('hex')).toBe('0482012c');
    expect(objectIdentifier('1.2.840.113549').toString('hex')).toBe('06062a864886f70d');
    expect(integer(Buffer.from([2])).toString('hex')).toBe('020102');
    expect(time('2049-12-31T23:59:59.000Z').toString()).toContain('491231235959Z');
    expect(time('2050-01-01T00:00:00.000Z').toString()).toContain('20500101000000Z');
  });
});
