import type { DescriptorCalls } from './descriptor-guard.ts';
import { F_DUPFD_CLOEXEC } from './system-constants.ts';

/** Half a megabyte of the kernel's memory; beyond it a process doubles its table seldom. */
const most = 65_536;

/**
 * Makes the system's table of descriptors of this process large, once. The kernel doubles it whenever the numbers run
 * out, and a process with threads, such as Node.js, stands still for 7 to 24 ms each time. Better now than when the
 * 256th, 512th, 1,024th … client comes.
 *
 * @param limit of descriptors that this process may have
 */
export function growDescriptorTable(
  calls: Pick<DescriptorCalls, 'epollCreate' | 'duplicate' | 'close'>,
  limit: number,
): void {
  const descriptor = calls.epollCreate(0);
  if (descriptor < 0) return;
  const last = calls.duplicate(descriptor, F_DUPFD_CLOEXEC, Math.min(limit, most) - 1);
  if (last >= 0) calls.close(last);
  calls.close(descriptor);
}
