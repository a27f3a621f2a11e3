import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSelfSigned } from '../../../src/admin/tls/self-signed.ts';
import { systemRuntime, type Runtime } from '../../../src/index.ts';
import { VirtualClock } from '../../../src/testing.ts';
import { AdminScene, password } from './admin-scene.ts';

let scene: AdminScene;
let logged: string[];
let clock: VirtualClock;
let runtime: Runtime;

beforeEach(async () => {
  scene = new AdminScene();
  await scene.start();
  logged = [];
  clock = new VirtualClock(Date.now());
  runtime = { ...systemRuntime, clock, log: (level, message) => logged.push(`${level}: ${message}`) };
});

afterEach(async () => {
  await scene.admin.close();
  await scene.close();
});

async function handshake(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({
    port: Number(scene.url.port),
    host: '127.0.0.1',
    rejectUnauthorized: false,
    ...options,
  });
  await once(socket, 'secureConnect');
  socket.on('error', () => undefined);
  return socket;
}

/** The certificate that a browser gets now. */
async function presented(): Promise<string> {
  const socket = await handshake();
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

function write(hosts: readonly string[]): {
  readonly certificate: string;
  readonly key: string;
  fingerprint: string;
} {
  const made = makeSelfSigned(hosts, Date.now());
  const [certificate, key] = [join(scene.folder, 'lb.pem'), join(scene.folder, 'lb.key')];
  writeFileSync(certificate, made.certificate);
  writeFileSync(key, made.key);
  return { certificate, key, fingerprint: new X509Certificate(made.certificate).fingerprint256 };
}

describe('HTTPS', () => {
  it('with a certificate that is made here, and kept', async () => {
    await scene.open({ https: 'selfSigned', hosts: ['lb.hospital.example'] });
    expect(scene.url.protocol).toBe('https:');
    expect(statSync(join(scene.folder, 'key.pem')).mode & 0o777).toBe(0o600);
    const ca = readFileSync(join(scene.folder, 'certificate.pem'));
    const socket = await handshake({ rejectUnauthorized: true, ca, servername: 'lb.hospital.example' });
    expect(socket.authorized).toBe(true);
    socket.destroy();
    const before = await presented();
    await scene.admin.close();
    await scene.open({ https: 'selfSigned', hosts: ['lb.hospital.example'] });
    expect(await presented()).toBe(before);
    await scene.admin.close();
    await scene.open({ https: 'selfSigned', hosts: ['other.example'] });
    expect(await presented()).not.toBe(before);
  });

  it('has cookies for it alone, and tells browsers to stay with it', async () => {
    await scene.open({ https: 'selfSigned' });
    const answer = await scene.ask('/v1/session', { method: 'POST', body: { user: 'viewer', password } });
    expect(answer.headers['set-cookie']![0]).toMatch(
      /^__Host-sluice-\d+=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/u,
    );
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
    const browser = await scene.logIn('operator');
    const origin = scene.url.origin;
    expect((await browser.post('/v1/halt', { server: 's1' }, { origin })).status).toBe(200);
    await scene.admin.close();
    await scene.open({ https: 'selfSigned', strictTransport: false });
    expect((await scene.ask('/')).headers['strict-transport-security']).toBeUndefined();
  });

  it.each([
    ['TLS 1.1', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
    ['ciphers without authentication', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' }],
    ['keys that somebody has afterwards', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }],
  ] as const)('refuses %s', async (_, options) => {
    await scene.open({ https: 'selfSigned' });
    await expect(handshake(options)).rejects.toThrow();
  });

  it('takes TLS 1.2 and 1.3', async () => {
    await scene.open({ https: 'selfSigned' });
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const socket = await handshake({ minVersion: version, maxVersion: version });
      expect(socket.getProtocol()).toBe(version);
      socket.destroy();
    }
  });

  it('does not negotiate again', async () => {
    await scene.open({ https: 'selfSigned' });
    const socket = await handshake({ maxVersion: 'TLSv1.2' });
    const refused = new Promise<unknown>((resolve) => {
      socket.on('close', () => resolve(true));
      socket.renegotiate({}, resolve);
    });
    expect(await refused).not.toBeNull();
    socket.destroy();
  });

  it('reads certificates again when they change, and keeps the old one where they are wrong', async () => {
    const { fingerprint, ...files } = write(['127.0.0.1']);
    await scene.open({ https: files, runtime });
    expect(await presented()).toBe(fingerprint);
    const later = write(['127.0.0.1', 'lb.hospital.example']);
    await clock.advance(5000);
    await expect.poll(presented).toBe(later.fingerprint);
    writeFileSync(files.key, 'no key');
    await clock.advance(5000);
    await expect
      .poll(() => logged.filter((line) => line.startsWith('error: The certificate stays')))
      .toHaveLength(1);
    expect(await presented()).toBe(later.fingerprint);
    const last = write(['127.0.0.1']);
    await expect.poll(async () => (await clock.advance(5000), presented())).toBe(last.fingerprint);
  });

  it('is not begun with a certificate that cannot be used', async () => {
    const { certificate } = write(['127.0.0.1']);
    await scene.open();
    await scene.admin.close();
    const key = join(scene.folder, 'nothing.key');
    await expect(scene.open({ https: { certificate, key } })).rejects.toMatchObject({
      code: 'SLUICE_ERR_LISTEN',
    });
  });
});

describe('plain HTTP', () => {
  it('beyond loopback is asked for, and told', async () => {
    await scene.open({ host: '0.0.0.0', https: false, runtime });
    expect(logged).toEqual([
      expect.stringContaining('warn: The administration is served over plain HTTP') as string,
    ]);
    await scene.admin.close();
    logged = [];
    await scene.open({ runtime });
    expect(logged).toEqual([]);
  });
});
