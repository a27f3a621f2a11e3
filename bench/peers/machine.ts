import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { peerVersions } from './installed.ts';

/** What a reader must know of the machine to judge the numbers. */
export interface MachineFacts {
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly node: string;
  /** Load averages over 1, 5 and 15 minutes as the run began. */
  readonly load: readonly number[];
  readonly versions: Readonly<Record<string, string>>;
}

export function machineFacts(): MachineFacts {
  const processors = cpus();
  return {
    date: new Date().toISOString(),
    processor: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    load: loadavg().map((value) => Math.round(value * 100) / 100),
    versions: { ...debianVersions(), ...peerVersions.npm },
  };
}

function debianVersions(): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const name of Object.keys(peerVersions.debian)) {
    try {
      const args = ['-W', '-f', '${Version}', name];
      versions[name] = execFileSync('dpkg-query', args, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      });
    } catch {
      versions[name] = 'not installed';
    }
  }
  return versions;
}

/** The descriptors that one process may open. Node.js has raised its limit to the hard one, and programs inherit it. */
function descriptorLimit(): number {
  const line = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  return line?.[1] === undefined || line[1] === 'unlimited' ? 1_048_576 : Number(line[1]);
}

const wantedSessions = 10_000;

/**
 * Sessions that a proxy can hold here, at most 10,000. Each takes two descriptors; a proxy needs some for itself, and
 * Sluice keeps one in twenty free of clients.
 */
export function sessionsHeld(descriptorsEach = 2): number {
  return Math.min(wantedSessions, Math.floor((descriptorLimit() * 0.95 - 200) / descriptorsEach));
}

export const maxSessions = sessionsHeld();

/** For titles: says so where it is fewer than wanted. */
export const sessionsNote =
  maxSessions < wantedSessions
    ? ` (all that ulimit -n of ${descriptorLimit().toLocaleString('en-US')} allows)`
    : '';
