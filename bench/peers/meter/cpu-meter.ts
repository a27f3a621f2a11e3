import { processTree, read, tasksOf } from './process-tree.ts';

/**
 * Seconds of CPU time, user and system, that a process and its children have used so far.
 *
 * From `/proc/<pid>/task/<thread>/schedstat`, which counts nanoseconds; where the kernel has none, from
 * `/proc/<pid>/stat`, which counts hundredths of a second.
 */
export function cpuSeconds(pid: number): number {
  return processTree(pid).reduce((sum, each) => sum + secondsOf(each), 0);
}

function secondsOf(pid: number): number {
  const nanoseconds = tasksOf(pid).reduce((sum, task) => {
    return sum + Number(read(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0] ?? 0);
  }, 0);
  return nanoseconds > 0 ? nanoseconds / 1e9 : secondsOfStat(read(`/proc/${pid}/stat`));
}

const ticksPerSecond = 100;

/** Fields 14 and 15 of proc(5); the second field, a name in parentheses, may hold spaces. */
function secondsOfStat(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / ticksPerSecond;
}
