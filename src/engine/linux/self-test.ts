import { IpAddress } from '../../model/address.ts';
import { DatagramInbox } from './shared/datagram-inbox.ts';
import { DatagramOutbox } from './shared/datagram-outbox.ts';
import { EventLoop } from './loop/event-loop.ts';
import { tryEventLoop } from './loop/event-loop-trial.ts';
import { dataWord, eventWords, writeEvent } from './kernel/epoll-event.ts';
import { loadLibc, type Libc } from './kernel/libc.ts';
import { NativeMemory } from './kernel/native-memory.ts';
import { bindSocket, connectSocket, openSocket, readLocalAddress } from './kernel/open-socket.ts';
import { askForPacketInfo } from './kernel/packet-info.ts';
import { PipePool } from './shared/pipe-pool.ts';
import { socketAddressOf, socketAddressSize } from './kernel/socket-address.ts';
import {
  AF_INET,
  CLOEXEC,
  EPOLL_CTL_ADD,
  EPOLLIN,
  MSG_NOSIGNAL,
  NONBLOCK,
  SOCK_DGRAM,
  SOCK_STREAM,
  SPLICE_F_NONBLOCK,
} from './kernel/system-constants.ts';
import { systemError } from './kernel/system-error.ts';

/** How long anything on loopback may take. */
const patienceMs = 500;
const maxEvents = 8;
const loopback = '127.0.0.1';
const message = Buffer.from('sluice self-test');

let hasPassed = false;

/**
 * Tries on loopback, in a few milliseconds, what the Linux engine stands on: a container or a hardened kernel
 * may refuse any of it. Once passed, it is not tried again.
 *
 * @returns why this machine cannot have the engine; undefined if it can
 */
export function linuxProblem(): string | undefined {
  const problem = EventLoop.problem();
  if (problem !== undefined || hasPassed) return problem;
  try {
    new SelfTest(loadLibc()).run();
    hasPassed = true;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

class SelfTest {
  readonly #libc: Libc;
  readonly #descriptors: number[] = [];
  readonly #events: NativeMemory;
  #epoll = -1;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#events = NativeMemory.take(libc, maxEvents * eventWords * 4);
  }

  /** @throws Error which says what does not work */
  run(): void {
    try {
      this.#epoll = this.#own(this.#libc.epollCreate(CLOEXEC), 'epoll_create1');
      tryEventLoop(this.#libc);
      this.#echo();
      this.#exchangeDatagrams();
    } finally {
      for (const descriptor of this.#descriptors) this.#libc.close(descriptor);
      this.#events.giveBack();
    }
  }

  /** Over TCP: the client sends, the server sends back through a pipe. */
  #echo(): void {
    const libc = this.#libc;
    const listener = this.#bound(SOCK_STREAM);
    this.#check(libc.listen(listener, 1), 'listen');
    const client = this.#own(openSocket(libc, AF_INET, SOCK_STREAM), 'socket');
    connectSocket(libc, client, socketAddressOf(loopback, this.#portOf(listener)));
    this.#await(listener);
    const from = Buffer.alloc(socketAddressSize);
    const length = Buffer.from([socketAddressSize, 0, 0, 0]);
    const server = this.#own(libc.accept(listener, from, length, NONBLOCK | CLOEXEC), 'accept4');
    this.#check(libc.send(client, message, message.length, MSG_NOSIGNAL), 'send');
    this.#await(server);
    this.#returnBySplice(server);
    this.#await(client);
    const received = Buffer.alloc(64);
    const count = this.#check(libc.read(client, received, received.length), 'read');
    this.#expect(received.subarray(0, count).equals(message), 'TCP and splice');
  }

  #returnBySplice(socket: number): void {
    const libc = this.#libc;
    const pipes = new PipePool(
      libc,
      (descriptor) => libc.close(descriptor),
      () => false,
    );
    const pipe = pipes.take();
    if (pipe === undefined) throw new Error('cannot create a pipe');
    try {
      const flags = SPLICE_F_NONBLOCK;
      const count = libc.splice(socket, null, pipe.writeEnd, null, 65_536, flags);
      this.#check(count, 'splice');
      this.#check(libc.splice(pipe.readEnd, null, socket, null, count, flags), 'splice');
    } finally {
      pipes.destroy(pipe);
    }
  }

  /** Several at once, one of them empty. */
  #exchangeDatagrams(): void {
    const receiver = this.#bound(SOCK_DGRAM);
    const descriptor = this.#bound(SOCK_DGRAM);
    const inbox = new DatagramInbox(this.#libc, { flush: () => undefined });
    const outbox = new DatagramOutbox(this.#libc, { defer: () => undefined });
    const to = new IpAddress().setV4(0x7f000001);
    askForPacketInfo(this.#libc, receiver, AF_INET);
    const source = { descriptor, onSendFailed: () => undefined };
    try {
      for (const end of [message.length, 0])
        outbox.add(source, message, 0, end, AF_INET, to, this.#portOf(receiver), to);
      outbox.flush();
      this.#await(receiver);
      this.#expect(inbox.receive(receiver, true) === 2, 'recvmmsg');
      const from = new IpAddress();
      const port = inbox.source(0, from);
      const local = new IpAddress();
      this.#expect(inbox.local(1, local) && local.equals(to), 'IP_PKTINFO');
      const bytes = inbox.bytes.subarray(inbox.start(0), inbox.end(0));
      this.#expect(bytes.equals(message) && inbox.end(1) === inbox.start(1), 'UDP');
      this.#expect(port === this.#portOf(descriptor) && from.equals(to), 'the source address of UDP');
    } finally {
      inbox.dispose();
      outbox.dispose();
    }
  }

  #bound(type: number): number {
    const descriptor = this.#own(openSocket(this.#libc, AF_INET, type), 'socket');
    bindSocket(this.#libc, descriptor, socketAddressOf(loopback, 0));
    return descriptor;
  }

  #portOf(descriptor: number): number {
    return readLocalAddress(this.#libc, descriptor, new IpAddress());
  }

  /** Waits until there is something to read. */
  #await(descriptor: number): void {
    const { address, words } = this.#events;
    writeEvent(words, EPOLLIN, descriptor, 0);
    this.#check(this.#libc.epollControl(this.#epoll, EPOLL_CTL_ADD, descriptor, address), 'epoll_ctl');
    const count = this.#check(
      this.#libc.epollWait(this.#epoll, address, maxEvents, patienceMs),
      'epoll_wait',
    );
    const ready = Array.from({ length: count }, (_, index) => words[index * eventWords + dataWord]);
    this.#expect(ready.includes(descriptor), 'epoll');
  }

  #own(descriptor: number, call: string): number {
    this.#descriptors.push(this.#check(descriptor, call));
    return descriptor;
  }

  #check(result: number, call: string): number {
    if (result < 0) throw systemError(call, this.#libc.errno());
    return result;
  }

  #expect(isRight: boolean, what: string): void {
    if (!isRight) throw new Error(`the self-test of ${what} failed`);
  }
}
