import { createSocket, type Socket } from 'node:dgram';
import type { IpAddress } from '../../model/address.ts';
import { descriptorBudget } from '../descriptor-limit.ts';
import type { SendArena } from './send-arena.ts';

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
  readonly #arena: SendArena;
  /** After the last send; fewer by now, where the kernel took some. */
  #queuedBytes = 0;

  /** @param host any address of the family to use */
  constructor(host: string, arena: SendArena) {
    this.#isV6 = host.includes(':');
    this.#arena = arena;
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
    this.system.send(this.#arena.stage(bytes, start, end), toPort, address);
    this.#noteQueue();
  }

  /** Sends to the connected address; `whenSent` gets the error, if there is one. Hot path. */
  sendConnected(bytes: Buffer, start: number, end: number, whenSent: (error: Error | null) => void): void {
    if (this.#isFull()) return;
    this.system.send(this.#arena.stage(bytes, start, end), whenSent);
    this.#noteQueue();
  }

  /** Asks anew only where it was full: the queue grows by what is sent here alone. */
  #isFull(): boolean {
    if (this.#queuedBytes > maxQueuedBytes) this.#queuedBytes = this.system.getSendQueueSize();
    return this.#queuedBytes > maxQueuedBytes;
  }

  #noteQueue(): void {
    this.#queuedBytes = this.system.getSendQueueSize();
    if (this.#queuedBytes > 0) this.#arena.retain();
  }
}
