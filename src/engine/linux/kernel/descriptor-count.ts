import type { DescriptorBudget, DescriptorUse } from '../../budget/descriptor-budget.ts';
import type { DescriptorCalls } from './descriptor-guard.ts';
import { SOCK_STREAM, SOCK_TYPES } from './system-constants.ts';

/** The same system calls, but they keep account of what they open; no pipe takes the last descriptors. */
export function countDescriptors<Calls extends DescriptorCalls>(
  libc: Calls,
  budget: DescriptorBudget,
): Calls {
  /** By descriptor. */
  const uses: (DescriptorUse | undefined)[] = [];
  const count = (descriptor: number, use: DescriptorUse): number => {
    if (descriptor < 0) return descriptor;
    uses[descriptor] = use;
    budget.take(use);
    budget.observe(descriptor);
    return descriptor;
  };
  return {
    ...libc,
    epollCreate: (flags) => count(libc.epollCreate(flags), 'other'),
    socket: (family, type, protocol) =>
      count(libc.socket(family, type, protocol), (type & SOCK_TYPES) === SOCK_STREAM ? 'outgoing' : 'other'),
    accept: (listener, address, length, flags) =>
      count(libc.accept(listener, address, length, flags), 'accepted'),
    ioUringSetup: (entries, parameters) => count(libc.ioUringSetup(entries, parameters), 'other'),
    duplicate: (descriptor, command, lowest) => count(libc.duplicate(descriptor, command, lowest), 'other'),
    pipe: (descriptors, flags) => {
      if (!budget.hasRoom() || libc.pipe(descriptors, flags) < 0) return -1;
      for (const descriptor of descriptors) count(descriptor, 'other');
      return 0;
    },
    close: (descriptor) => {
      const result = libc.close(descriptor);
      const use = uses[descriptor];
      uses[descriptor] = undefined;
      if (use !== undefined) budget.giveBack(use);
      return result;
    },
  };
}
