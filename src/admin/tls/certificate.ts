import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { SluiceError } from '../../base/errors.ts';
import { isIpAddress } from '../../model/address.ts';
import { parseTime } from '../../runtime/log-time.ts';
import { writeAtomically } from '../../runtime/atomic-file.ts';
import type { CertificateFiles } from '../admin-options.ts';
import { makeSelfSigned, type CertificatePair } from './self-signed.ts';

/** How long before its end a certificate that was made here is replaced. */
const renewBeforeMs = 30 * 24 * 60 * 60_000;

/**
 * Reads a certificate and its key, and tries whether they belong together.
 *
 * @throws SluiceError `SLUICE_ERR_LISTEN` where they cannot be read or used
 */
export async function readCertificate(files: CertificateFiles): Promise<CertificatePair> {
  try {
    const [certificate, key] = await Promise.all([
      readFile(files.certificate, 'utf8'),
      readFile(files.key, 'utf8'),
    ]);
    createSecureContext({ cert: certificate, key });
    return { certificate, key };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `The certificate ${files.certificate} and the key ${files.key} cannot be used: ${reason}`;
    throw new SluiceError('SLUICE_ERR_LISTEN', message, { cause });
  }
}

/** Another text after each change of one of the files; empty where one is not there. */
export async function stampOf({ certificate, key }: CertificateFiles): Promise<string> {
  try {
    const found = await Promise.all([certificate, key].map((path) => stat(path)));
    return found.map(({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`).join(', ');
  } catch {
    return '';
  }
}

/**
 * Makes a certificate where there is none, or where the one there ends soon or lacks a host.
 *
 * @throws Error of `node:fs` where it cannot be written
 */
export async function keepSelfSigned(
  files: CertificateFiles,
  hosts: readonly string[],
  nowMs: number,
): Promise<void> {
  if (await isStillGood(files, hosts, nowMs)) return;
  const { certificate, key } = makeSelfSigned(hosts, nowMs);
  await writeAtomically(files.key, key);
  await writeAtomically(files.certificate, certificate, { mode: 0o644 });
}

async function isStillGood(
  files: CertificateFiles,
  hosts: readonly string[],
  nowMs: number,
): Promise<boolean> {
  try {
    const certificate = new X509Certificate((await readCertificate(files)).certificate);
    const isLong = parseTime(certificate.validTo) - nowMs > renewBeforeMs;
    return isLong && hosts.every((host) => isFor(certificate, host));
  } catch {
    return false;
  }
}

function isFor(certificate: X509Certificate, host: string): boolean {
  return (isIpAddress(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined;
}
