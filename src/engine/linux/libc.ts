import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';

/** The part of koffi that is used here. It is an optional dependency, so nothing imports its types either. */
export interface Koffi {
  load(path: string | null): { func(definition: string): (...values: never[]) => unknown };
  errno: () => number;
  /** @returns the address */
  alloc(type: string, length: number): bigint;
  view(address: bigint, length: number): ArrayBuffer;
  readonly node: { poll(descriptor: number, callback: () => void): PollHandle };
}

/** Watches one descriptor on the event loop of this thread, and keeps the loop alive unless `unref` is called. */
export interface PollHandle {
  ref(): void;
  unref(): void;
  close(): void;
}

/**
 * System calls, as in section 2 of the manual. They return -1 on failure, and then `errno()` must be asked
 * before anything else is called. An `address` is that of memory from `koffi.alloc`.
 */
export interface Libc {
  readonly koffi: Koffi;
  errno: () => number;
  epollCreate(flags: number): number;
  epollControl(epoll: number, operation: number, descriptor: number, event: Buffer): number;
  epollWait(epoll: number, events: Buffer, count: number, timeoutMs: number): number;
  socket(family: number, type: number, protocol: number): number;
  bind(descriptor: number, address: Buffer, length: number): number;
  listen(descriptor: number, backlog: number): number;
  accept(descriptor: number, address: Buffer, length: Buffer, flags: number): number;
  connect(descriptor: number, address: Buffer, length: number): number;
  getSocketName(descriptor: number, address: Buffer, length: Buffer): number;
  getOption(descriptor: number, level: number, name: number, value: Buffer, length: Buffer): number;
  setOption(descriptor: number, level: number, name: number, value: Buffer, length: number): number;
  receive(descriptor: number, bytes: Buffer, length: number, flags: number): number;
  send(descriptor: number, bytes: Buffer, length: number, flags: number): number;
  receiveMany(descriptor: number, address: number, count: number, flags: number, timeout: null): number;
  sendMany(descriptor: number, address: number, count: number, flags: number): number;
  splice(from: number, fromOffset: null, to: number, toOffset: null, length: number, flags: number): number;
  pipe(descriptors: Buffer, flags: number): number;
  setPipeSize(descriptor: number, command: number, size: number): number;
  read(descriptor: number, bytes: Buffer, length: number): number;
  shutDown(descriptor: number, how: number): number;
  close(descriptor: number): number;
}

const libraryNames = ['libc.so.6', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`, null];

const require = createRequire(import.meta.url);

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
  if (!isMainThread) pinAddon(library);
  const call = (definition: string): never => library.func(definition) as never;
  return {
    koffi,
    errno: koffi.errno,
    epollCreate: call('int epoll_create1(int)'),
    epollControl: call('int epoll_ctl(int, int, int, void *)'),
    epollWait: call('int epoll_wait(int, void *, int, int)'),
    socket: call('int socket(int, int, int)'),
    bind: call('int bind(int, void *, uint32_t)'),
    listen: call('int listen(int, int)'),
    accept: call('int accept4(int, void *, void *, int)'),
    connect: call('int connect(int, void *, uint32_t)'),
    getSocketName: call('int getsockname(int, void *, void *)'),
    getOption: call('int getsockopt(int, int, int, void *, void *)'),
    setOption: call('int setsockopt(int, int, int, void *, uint32_t)'),
    // No call here moves 2 GiB at once, so an `int` holds what these return, and is cheaper than a `ssize_t`.
    receive: call('int recv(int, void *, size_t, int)'),
    send: call('int send(int, void *, size_t, int)'),
    receiveMany: call('int recvmmsg(int, uint64_t, uint32_t, int, void *)'),
    sendMany: call('int sendmmsg(int, uint64_t, uint32_t, int)'),
    splice: call('int splice(int, void *, int, void *, size_t, uint32_t)'),
    pipe: call('int pipe2(void *, int)'),
    setPipeSize: call('int fcntl(int, int, int)'),
    read: call('int read(int, void *, size_t)'),
    shutDown: call('int shutdown(int, int)'),
    close: call('int close(int)'),
  };
}

function loadKoffi(): Koffi {
  let koffi: Koffi;
  try {
    koffi = require('koffi') as Koffi;
  } catch (cause) {
    throw new Error(`the optional dependency koffi cannot be loaded (${reasonOf(cause)})`, { cause });
  }
  // Present since koffi 2.7, though undocumented.
  if (typeof (koffi as Partial<Koffi>).node?.poll !== 'function')
    throw new Error('this version of koffi cannot watch descriptors (`koffi.node.poll`)');
  return koffi;
}

function loadLibrary(koffi: Koffi): ReturnType<Koffi['load']> {
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

const RTLD_NOW_NODELETE = 0x1002;

/**
 * Keeps koffi's addon in memory. Node removes it with the last worker that used it, before libuv has called
 * back for what was still open there: that would be a call into nowhere.
 */
function pinAddon(library: ReturnType<Koffi['load']>): void {
  const open = library.func('void *dlopen(const char *, int)') as (path: string, flags: number) => unknown;
  for (const path of Object.keys(require.cache)) {
    if (path.endsWith('koffi.node')) open(path, RTLD_NOW_NODELETE);
  }
}

/** Its first line: Node appends the stack of requires. */
function reasonOf(cause: unknown): string {
  return String(cause instanceof Error ? cause.message : cause).split('\n', 1)[0] ?? '';
}
