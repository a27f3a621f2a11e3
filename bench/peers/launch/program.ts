import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Address, Order, RunningSubject } from '../subject.ts';

/** What a program tells once it listens. */
export interface ProgramReady {
  readonly address: Address;
}

const readyTimeoutMs = 30_000;

/**
 * Starts a proxy written for Node.js, a file of `bench/peers/subjects`, in a process of its own.
 *
 * @throws with what it said where it ends before it listens
 */
export async function startProgram(
  file: string,
  args: readonly string[],
  order: Order,
): Promise<RunningSubject> {
  const path = new URL(`../subjects/${file}`, import.meta.url);
  const child = fork(path, [...args, '--order', JSON.stringify(order)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  const exited = once(child, 'exit');
  const ready = once(child, 'message', { signal: AbortSignal.timeout(readyTimeoutMs) });
  const first = await Promise.race([ready.then(([message]) => message as ProgramReady), exited]).catch(
    () => [],
  );
  if (!('address' in first)) {
    child.kill('SIGKILL');
    throw new Error(whyFailed(said));
  }
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  return { pid: child.pid ?? 0, address: first.address, stop };
}

/** The line of the error, without its stack. */
function whyFailed(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  return (
    lines.find((line) => /^(\w*Error\b|Error:)/.test(line)) ??
    (said.trim().slice(-300) || 'it did not come up')
  );
}
