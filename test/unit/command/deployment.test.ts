import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { completionScript } from '../../../src/command/deployment/completion.ts';
import { firewallRules } from '../../../src/command/deployment/firewall.ts';
import { systemdUnit } from '../../../src/command/deployment/systemd-unit.ts';

function isInstalled(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Runs a check of a file. @returns what it says; throws where the check fails */
function checked(name: string, text: string, command: string, ...args: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-deployment-'));
  try {
    const file = join(folder, name);
    writeFileSync(file, text);
    return execFileSync(command, [...args, file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the firewall', () => {
  const services = [
    { name: 'INFINITT_Web', mode: 'http', host: '192.168.85.150', port: 80 },
    { name: 'CHECK', mode: 'tcp+udp', host: '192.168.85.150', port: 137 },
    { name: 'SIX', mode: 'tcp', host: '2001:db8::1', port: 104 },
    { name: 'ANY', mode: 'udp', host: '::', port: 5000 },
  ] as const;

  it('opens each port of each service, and nothing else', () => {
    const accepted = firewallRules(services, 2222)
      .split('\n')
      .filter((line) => line.includes('dport'))
      .map((line) => line.trim());
    expect(accepted).toEqual([
      'tcp dport 2222 accept comment "ssh"',
      'ip daddr 192.168.85.150 tcp dport 80 accept comment "INFINITT_Web"',
      'ip daddr 192.168.85.150 tcp dport 137 accept comment "CHECK"',
      'ip daddr 192.168.85.150 udp dport 137 accept comment "CHECK"',
      'ip6 daddr 2001:db8::1 tcp dport 104 accept comment "SIX"',
      'udp dport 5000 accept comment "ANY"',
    ]);
    expect(firewallRules(services, undefined)).not.toContain('ssh');
  });

  it.skipIf(!isInstalled('nft'))('is what nft understands (nftables)', () => {
    expect(checked('rules.nft', firewallRules(services, 22), 'nft', '--check', '--file')).toBe('');
  });
});

describe('the unit', () => {
  const facts = { user: 'sluice', node: '/usr/bin/node', script: '/opt/my apps/sluice.js', folders: [] };

  it('runs the file as an ordinary user who may bind low ports', () => {
    const unit = systemdUnit({ ...facts, file: '/etc/sluice/50%.yaml' });
    expect(unit).toContain('ExecStart=/usr/bin/node "/opt/my apps/sluice.js" run /etc/sluice/50%%.yaml\n');
    expect(unit).toContain('User=sluice\n');
    expect(unit).toContain('AmbientCapabilities=CAP_NET_BIND_SERVICE\n');
  });

  it('may write where the file says, and nowhere else', () => {
    const folders = [
      '/srv/pacs logs',
      '/var/lib/sluice/a',
      '/run/sluice',
      '/srv/pacs logs',
      '/var/lib/sluice-2',
    ];
    const unit = systemdUnit({ ...facts, file: '/etc/sluice/pacs.yaml', folders });
    expect(unit.split('\n').filter((line) => line.startsWith('ReadWritePaths='))).toEqual([
      'ReadWritePaths="-/srv/pacs logs"',
      'ReadWritePaths=-/var/lib/sluice-2',
    ]);
    expect(unit).toMatch(/^RuntimeDirectory=sluice$[^]*^StateDirectory=sluice$[^]*^LogsDirectory=sluice$/mu);
  });

  it.skipIf(!isInstalled('systemd-analyze'))('is what systemd understands (systemd)', () => {
    const script = '/usr/bin/env';
    const unit = systemdUnit({
      ...facts,
      user: 'root',
      node: process.execPath,
      script,
      file: '/etc/hostname',
      folders: ['/srv/pacs logs'],
    });
    expect(checked('sluice.service', unit, 'systemd-analyze', 'verify', '--man=no')).toBe('');
  });
});

describe('the completion', () => {
  const program = new Command('sluice').option('--json', 'as JSON');
  program.command('run').description('Runs a file').option('--watch', 'reads it again');
  program.command('drain').description("Doesn't take new clients");

  function complete(line: readonly string[]): readonly string[] {
    const script = `${completionScript(program, 'bash')}
COMP_WORDS=(${line.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${line.length - 1}
_sluice; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n');
  }

  it('completes commands, and the flags of each', () => {
    expect(complete(['sluice', 'dr'])).toEqual(['drain']);
    expect(complete(['sluice', 'run', '--w'])).toEqual(['--watch']);
    expect(complete(['sluice', 'drain', '--'])).toEqual(['--help', '--json', '--help']);
  });

  it('has the same for fish', () => {
    const script = completionScript(program, 'fish');
    expect(script).toContain(`-f -a run -d "Runs a file"`);
    expect(script).toContain(`'__fish_seen_subcommand_from run' -l watch`);
  });
});
