import { EventEmitter } from 'node:events';
import type { DatagramHandler, UdpPort } from '../../../src/engine/engine.ts';
import { IpAddress } from '../../../src/model/address.ts';

/** What a test uses of a bound `dgram.Socket`, on a UDP port of a virtual network. */
export class VirtualUdpSocket extends EventEmitter implements DatagramHandler {
  #port: UdpPort | undefined = undefined;

  use(port: UdpPort): void {
    this.#port = port;
  }

  address(): { readonly address: string; readonly port: number } {
    return { address: this.#port?.host ?? '', port: this.#port?.port ?? 0 };
  }

  send(data: Buffer | string, port: number, host: string): void {
    const bytes = Buffer.from(data);
    this.#port?.send(bytes, 0, bytes.length, IpAddress.parse(host) ?? new IpAddress(), port);
  }

  close(whenClosed: () => void = () => undefined): void {
    this.#port?.close();
    setImmediate(whenClosed);
  }

  onDatagram(
    _port: UdpPort,
    bytes: Buffer,
    start: number,
    end: number,
    source: IpAddress,
    sourcePort: number,
  ): void {
    this.emit('message', Buffer.from(bytes.subarray(start, end)), {
      address: source.toString(),
      port: sourcePort,
    });
  }

  onError(): void {
    throw new Error('a bound port has no errors');
  }
}
