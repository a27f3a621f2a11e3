import { createSocket, type Socket } from 'node:dgram';
import type { IpAddress } from '../../../model/address.ts';
import { descriptorBudget } from '../../budget/descriptor-limit.ts';
import type { PortableContext } from '../shared/portable-context.ts';

/** Datagrams that wait in this process are dropped beyond this many bytes, as the kernel drops beyond its own. */
const maxQueuedBytes = 262_144;

/**
 * A `dgram.Socket` that is given numeric addresses only, and so needs no name service and no tick per
 * datagram. Never shares its port (no `SO_REUSEADDR`). An IPv6 one on `::` takes and sends IPv4 as well where
 * the system is set so, as is usual.
 */
export class DatagramSocket {
  readonly system: Socket;
  readonly #isV6: boolean;
  readonly #context: PortableContext;
  /** The most that can be queued: as the system told last, and all that was sent since. */
  #queuedAtMost = 0;

  /** @param host any address of the family to use */
  constructor(host: string, context: PortableContext) {
    this.#isV6 = host.includes(':');
    this.#context = context;
    this.system = createSocket({
      type: this.#isV6 ? 'udp6' : 'udp4',
      lookup: (address, _options, callback) => {
        callback(null, address, this.#isV6 ? 6 : 4);
      },
    });
    const budget = descriptorBudget();
    budget.take('other');
    this.system.once('close', () => {
      budget.giveBack('other');
    });
  }

  /** Resolves once bound. In a cluster too, the port is this process's own. */
  bind(host: string, port: number): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      this.system.once('error', reject);
      this.system.bind({ address: host, port, exclusive: true }, () => {
        this.system.off('error', reject);
        resolve();
      });
    });
  }

  /** Hot path. */
  send(bytes: Buffer, start: number, end: number, to: IpAddress, toPort: number): void {
    // No system sends to port 0, though a forged datagram may seem to come from there.
    if (toPort === 0 || this.#isFull()) return;
    const text = to.toString();
    const address = this.#isV6 && to.isV4 ? `::ffff:${text}` : text;
    const datagram = this.#own(bytes, start, end);
    this.system.send(datagram, toPort, address);
    this.#noteSent(datagram);
  }

  /** Sends to the connected address; `whenSent` gets the error, if there is one. Hot path. */
  sendConnected(bytes: Buffer, start: number, end: number, whenSent: (error: Error | null) => void): void {
    if (this.#isFull()) return;
    const datagram = this.#own(bytes, start, end);
    this.system.send(datagram, whenSent);
    this.#noteSent(datagram);
  }

  /** Asks only where it may be full: the queue grows by what is sent here alone. */
  #isFull(): boolean {
    if (this.#queuedAtMost > maxQueuedBytes) this.#queuedAtMost = this.system.getSendQueueSize();
    return this.#queuedAtMost > maxQueuedBytes;
  }

  /** Bytes that nobody changes while they are pending: a datagram that was given whole, or else a copy. */
  #own(bytes: Buffer, start: number, end: number): Buffer {
    const { arena, given } = this.#context;
    return given.is(bytes) && start === 0 && end === bytes.length ? bytes : arena.stage(bytes, start, end);
  }

  #noteSent(datagram: Buffer): void {
    const { arena, given } = this.#context;
    if (given.is(datagram)) {
      given.keep();
      this.#queuedAtMost += datagram.length;
    } else {
      this.#queuedAtMost = this.system.getSendQueueSize();
      if (this.#queuedAtMost > 0) arena.retain();
    }
  }
}
