import { processTree, read } from './process-tree.ts';

/** Resident memory of a process and its children, KiB. */
export function residentKiB(pid: number): number {
  return processTree(pid).reduce((sum, each) => {
    const match = /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${each}/status`));
    return sum + Number(match?.[1] ?? 0);
  }, 0);
}
