import { descriptorBudget } from '../../budget/descriptor-limit.ts';
import { countDescriptors } from './descriptor-count.ts';
import { growDescriptorTable } from './descriptor-table.ts';
import { guardDescriptors, type DescriptorCalls } from './descriptor-guard.ts';
import { loadKoffi, reasonOf, type Koffi, type Library } from './koffi.ts';
import { IO_URING_ENTER, IO_URING_SETUP } from './system-constants.ts';
import { loadThreadEnd, type ThreadEnd } from './thread-end.ts';

/**
 * System calls, as in section 2 of the manual. They return -1 on failure, and then `errno()` must be asked
 * before anything else is called. An `address` is that of memory from `allocate`, or of a function.
 */
export interface Libc extends DescriptorCalls {
  readonly koffi: Koffi;
  /** Undefined on the main thread. */
  readonly threadEnd: ThreadEnd | undefined;
  errno: () => number;
  epollControl(epoll: number, operation: number, descriptor: number, address: number): number;
  epollWait(epoll: number, address: number, count: number, timeoutMs: number): number;
  /** `descriptors` is the address of the structures. */
  poll(descriptors: number, count: number, timeoutMs: number): number;
  bind(descriptor: number, address: Buffer, length: number): number;
  listen(descriptor: number, backlog: number): number;
  connect(descriptor: number, address: Buffer, length: number): number;
  getSocketName(descriptor: number, address: Buffer, length: Buffer): number;
  getOption(descriptor: number, level: number, name: number, value: Buffer, length: Buffer): number;
  setOption(descriptor: number, level: number, name: number, value: Buffer, length: number): number;
  control(descriptor: number, request: number, value: Buffer): number;
  receive(descriptor: number, address: number, length: number, flags: number): number;
  send(descriptor: number, bytes: Buffer, length: number, flags: number): number;
  sendFrom(descriptor: number, address: number, length: number, flags: number): number;
  receiveMany(descriptor: number, address: number, count: number, flags: number, timeout: null): number;
  /** `name` is the address of a socket address. */
  sendTo(
    descriptor: number,
    address: number,
    length: number,
    flags: number,
    name: number,
    nameLength: number,
  ): number;
  sendMany(descriptor: number, address: number, count: number, flags: number): number;
  splice(from: number, fromOffset: null, to: number, toOffset: null, length: number, flags: number): number;
  shareGet(key: number, size: number, flags: number): number;
  /** @returns an address */
  shareAttach(segment: number, address: number, flags: number): number;
  shareControl(segment: number, command: number, buffer: number): number;
  shareDetach(address: number): number;
  /** @param count calls to be made @param least completions to wait for */
  ioUringEnter(ring: number, count: number, least: number, flags: number): number;
  setPipeSize(descriptor: number, command: number, size: number): number;
  read(descriptor: number, bytes: Buffer, length: number): number;
  shutDown(descriptor: number, how: number): number;
  /** Memory for `count` times `size` bytes, all zero. @returns its address, 0 where there is none */
  allocate(count: number, size: number): number;
  free(address: number): void;
  copyTo(address: number, bytes: Uint32Array, length: number): void;
  copyFrom(bytes: Uint32Array, address: number, length: number): void;
}

const libraryNames = ['libc.so.6', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`, null];

let loaded: Libc | undefined = undefined;

/**
 * The system calls of this machine, loaded once a thread.
 *
 * @throws Error which says why there are none: another system or processor, no koffi, no libc
 */
export function loadLibc(): Libc {
  loaded ??= bindLibc();
  return loaded;
}

function bindLibc(): Libc {
  if (process.platform !== 'linux') throw new Error(`this system is ${process.platform}, not Linux`);
  // The layouts of the structures are known for these two only.
  if (process.arch !== 'x64' && process.arch !== 'arm64')
    throw new Error(`the processor is ${process.arch}, neither x64 nor arm64`);
  const koffi = loadKoffi();
  const library = loadLibrary(koffi);
  const libc = bindCalls(koffi, library);
  const budget = descriptorBudget();
  // All threads have one table.
  if (libc.threadEnd === undefined) growDescriptorTable(libc, budget.limit);
  const guarded = libc.threadEnd === undefined ? libc : guardDescriptors(libc, libc.threadEnd);
  return countDescriptors(guarded, budget);
}

function bindCalls(koffi: Koffi, library: Library): Libc {
  const call = (definition: string): never => library.func(definition) as never;
  return {
    koffi,
    threadEnd: loadThreadEnd(koffi),
    errno: koffi.errno,
    epollCreate: call('int epoll_create1(int)'),
    epollControl: call('int epoll_ctl(int, int, int, uint64_t)'),
    epollWait: call('int epoll_wait(int, uint64_t, int, int)'),
    poll: call('int poll(uint64_t, uint64_t, int)'),
    socket: call('int socket(int, int, int)'),
    bind: call('int bind(int, void *, uint32_t)'),
    listen: call('int listen(int, int)'),
    accept: call('int accept4(int, void *, void *, int)'),
    connect: call('int connect(int, void *, uint32_t)'),
    getSocketName: call('int getsockname(int, void *, void *)'),
    getOption: call('int getsockopt(int, int, int, void *, void *)'),
    setOption: call('int setsockopt(int, int, int, void *, uint32_t)'),
    control: call('int ioctl(int, uint64_t, void *)'),
    // No call here moves 2 GiB at once, so an `int` holds what these return, and is cheaper than a `ssize_t`.
    receive: call('int recv(int, uint64_t, size_t, int)'),
    send: call('int send(int, void *, size_t, int)'),
    sendFrom: call('int send(int, uint64_t, size_t, int)'),
    receiveMany: call('int recvmmsg(int, uint64_t, uint32_t, int, void *)'),
    sendTo: call('int sendto(int, uint64_t, size_t, int, uint64_t, uint32_t)'),
    sendMany: call('int sendmmsg(int, uint64_t, uint32_t, int)'),
    splice: call('int splice(int, void *, int, void *, size_t, uint32_t)'),
    pipe: call('int pipe2(void *, int)'),
    shareGet: call('int shmget(int, size_t, int)'),
    shareAttach: call('int64_t shmat(int, uint64_t, int)'),
    shareControl: call('int shmctl(int, int, uint64_t)'),
    shareDetach: call('int shmdt(uint64_t)'),
    ...bindIoUring(library),
    setPipeSize: call('int fcntl(int, int, int)'),
    read: call('int read(int, void *, size_t)'),
    shutDown: call('int shutdown(int, int)'),
    duplicate: call('int fcntl(int, int, int)'),
    close: call('int close(int)'),
    allocate: call('uint64_t calloc(size_t, size_t)'),
    free: call('void free(uint64_t)'),
    copyTo: call('void *memcpy(uint64_t, void *, size_t)'),
    copyFrom: call('void *memcpy(void *, uint64_t, size_t)'),
    addressOf: bindAddressOf(koffi),
  };
}

/** The C library has no functions for these. */
function bindIoUring(library: Library): Pick<Libc, 'ioUringSetup' | 'ioUringEnter'> {
  const setup = library.func('int syscall(int64_t, uint32_t, void *)') as (
    call: number,
    entries: number,
    parameters: Uint32Array,
  ) => number;
  const enter = library.func(
    'int syscall(int64_t, int, uint32_t, uint32_t, uint32_t, uint64_t, uint64_t)',
  ) as (
    call: number,
    ring: number,
    count: number,
    least: number,
    flags: number,
    signals: number,
    size: number,
  ) => number;
  return {
    ioUringSetup: (entries, parameters) => setup(IO_URING_SETUP, entries, parameters),
    ioUringEnter: (ring, count, least, flags) => enter(IO_URING_ENTER, ring, count, least, flags, 0, 0),
  };
}

function bindAddressOf(koffi: Koffi): Libc['addressOf'] {
  const find = koffi.load(null).func('uint64_t dlsym(void *, const char *)') as (
    library: null,
    name: string,
  ) => number;
  return (name) => {
    const address = find(null, name);
    if (address === 0) throw new Error(`this build of Node.js does not export ${name}`);
    return address;
  };
}

function loadLibrary(koffi: Koffi): Library {
  const reasons: string[] = [];
  for (const name of libraryNames) {
    try {
      return koffi.load(name);
    } catch (cause) {
      reasons.push(reasonOf(cause));
    }
  }
  throw new Error(`the C library cannot be loaded (${reasons.join('; ')})`);
}
