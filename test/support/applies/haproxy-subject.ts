import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { freePorts } from '../daemon.ts';
import { haproxyConfig, localPeer } from './haproxy-config.ts';
import type { StartSubject } from './subject.ts';

const pollMs = 2;
const patienceMs = 20_000;

/** HAProxy in master-worker mode: each configuration is written to its file, and SIGUSR2 has its master reload it. */
export const haproxy: StartSubject = async (first) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-haproxy-'));
  const [file, master, log] = ['config', 'master.sock', 'log'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const [peerPort = 0] = await freePorts(1);
  const write = (services: typeof first): void =>
    writeFileSync(file, haproxyConfig(services, folder, peerPort));
  write(first);
  const output = openSync(log, 'a');
  const child = spawn('/usr/sbin/haproxy', ['-W', '-S', master, '-L', localPeer, '-f', file], {
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const exited = once(child, 'exit');
  const untilAnotherWorker = async (before: string | undefined): Promise<string> => {
    const endMs = performance.now() + patienceMs;
    while (child.exitCode === null && performance.now() < endMs) {
      const worker = await presentWorker(master);
      if (worker !== undefined && worker !== before) return worker;
      await delay(pollMs);
    }
    throw new Error(`no worker serves the configuration:\n${readFileSync(log, 'utf8').slice(-2000)}`);
  };
  let worker = await untilAnotherWorker(undefined);
  return {
    pid: child.pid ?? 0,
    apply: async (services) => {
      write(services);
      child.kill('SIGUSR2');
      worker = await untilAnotherWorker(worker);
    },
    heapMiB: () => Promise.resolve(undefined),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
};

/** The worker that takes new connections. Undefined while the master starts itself anew. */
async function presentWorker(master: string): Promise<string | undefined> {
  const socket = connect(master);
  try {
    socket.end('show proc\n');
    return /^# workers\n(\d+) /mu.exec(await text(socket))?.[1];
  } catch {
    return undefined;
  }
}
