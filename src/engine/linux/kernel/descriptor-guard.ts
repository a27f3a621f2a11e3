import type { ThreadEnd } from './thread-end.ts';

/** The system calls that open and close descriptors. */
export interface DescriptorCalls {
  epollCreate(flags: number): number;
  socket(family: number, type: number, protocol: number): number;
  accept(descriptor: number, address: Buffer, length: Buffer, flags: number): number;
  pipe(descriptors: Int32Array, flags: number): number;
  /** With F_DUPFD_CLOEXEC as the command: a new descriptor of the same, not below `lowest`. */
  duplicate(descriptor: number, command: number, lowest: number): number;
  /** @param parameters `struct io_uring_params`, which the kernel completes */
  ioUringSetup(entries: number, parameters: Uint32Array): number;
  close(descriptor: number): number;
  /** The address of a function of libc, or of one that the node binary exports. @throws Error where there is none */
  addressOf(name: string): number;
}

/** The same system calls, but what they open is closed when the thread ends, unless its owner did so before. */
export function guardDescriptors<Calls extends DescriptorCalls>(
  libc: Calls,
  { isolate, add, remove }: ThreadEnd,
): Calls {
  const closeAddress = libc.addressOf('close');
  const ends = new Int32Array(2);
  return {
    ...libc,
    epollCreate: (flags) => {
      const descriptor = libc.epollCreate(flags);
      if (descriptor >= 0) add(isolate, closeAddress, descriptor);
      return descriptor;
    },
    socket: (family, type, protocol) => {
      const descriptor = libc.socket(family, type, protocol);
      if (descriptor >= 0) add(isolate, closeAddress, descriptor);
      return descriptor;
    },
    accept: (listener, address, length, flags) => {
      const descriptor = libc.accept(listener, address, length, flags);
      if (descriptor >= 0) add(isolate, closeAddress, descriptor);
      return descriptor;
    },
    pipe: (descriptors, flags) => {
      const result = libc.pipe(ends, flags);
      if (result < 0) return result;
      add(isolate, closeAddress, ends[0] ?? -1);
      add(isolate, closeAddress, ends[1] ?? -1);
      descriptors.set(ends);
      return result;
    },
    duplicate: (original, command, lowest) => {
      const descriptor = libc.duplicate(original, command, lowest);
      if (descriptor >= 0) add(isolate, closeAddress, descriptor);
      return descriptor;
    },
    ioUringSetup: (entries, parameters) => {
      const descriptor = libc.ioUringSetup(entries, parameters);
      if (descriptor >= 0) add(isolate, closeAddress, descriptor);
      return descriptor;
    },
    close: (descriptor) => {
      remove(isolate, closeAddress, descriptor);
      return libc.close(descriptor);
    },
  };
}
