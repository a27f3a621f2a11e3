import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';

/**
 * Keeps this process, and all that it starts from now on, on the machine's last core. Each process works until it waits,
 * and no other core disturbs its caches. Spread over two cores, the scheduler decides how much work a proxy finds at
 * once, and CPU time per unit of work differs by a third from one second to the next.
 *
 * @throws where `taskset`, of Debian's util-linux, is missing or may not
 */
export function stayOnOneCore(): void {
  const core = String(cpus().length - 1);
  const args = ['--all-tasks', '--cpu-list', '--pid', core, String(process.pid)];
  execFileSync('taskset', args, { stdio: 'ignore' });
}
