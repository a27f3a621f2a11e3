import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AdminScene } from '../integration/admin/admin-scene.ts';
import { requireTools, run } from '../support/real-software.ts';

const describeReal = requireTools(['testssl'], 'testssl.sh');

/** What a certificate has that nobody but itself vouches for. */
const ofSelfSigned = ['cert_chain_of_trust', 'cert_revocation'];

/** Protocols, ciphers and their order, the certificate, headers, and known weaknesses. */
const checks = ['-p', '-s', '-P', '-S', '-h', '-U'];

interface Finding {
  readonly id: string;
  readonly severity: string;
  readonly finding: string;
}

describeReal('testssl.sh', () => {
  let scene: AdminScene;

  beforeEach(async () => {
    scene = new AdminScene();
    await scene.start();
    await scene.open({ https: 'selfSigned' });
  });

  afterEach(async () => {
    await scene.close();
  });

  // No engine carries the administration.
  it.skipIf(process.env['SLUICE_ENGINE'] === 'portable')(
    'finds nothing above low in how the administration is served',
    async () => {
      const file = join(scene.folder, 'testssl.json');
      const options = ['--quiet', '--warnings', 'off', '--connect-timeout', '5', '--openssl-timeout', '5'];
      const place = `127.0.0.1:${scene.url.port}`;
      const { output } = await run('testssl', [...options, '--jsonfile', file, ...checks, place], {
        timeoutMs: 110_000,
      });
      expect(output).toContain('Done');
      const findings = JSON.parse(readFileSync(file, 'utf8')) as readonly Finding[];
      expect(findings.find(({ id }) => id === 'TLS1_3')).toMatchObject({ severity: 'OK' });
      const grave = findings.filter(({ severity }) =>
        ['MEDIUM', 'HIGH', 'CRITICAL', 'FATAL'].includes(severity),
      );
      expect(grave.filter(({ id }) => !ofSelfSigned.includes(id))).toEqual([]);
    },
  );
});
