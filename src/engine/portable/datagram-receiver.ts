import type { RemoteInfo } from 'node:dgram';
import { IpAddress } from '../../model/address.ts';
import { DatagramDelivery } from '../datagram-delivery.ts';

/** Delivers what `dgram` reads, whose addresses are texts. */
export class DatagramReceiver extends DatagramDelivery {
  readonly #source = new IpAddress();
  #sourceText = '';

  /** A datagram arrived. Hot path. */
  receive(bytes: Buffer, from: RemoteInfo): void {
    if (from.address !== this.#sourceText) {
      this.#sourceText = from.address;
      this.#source.setText(from.address);
    }
    this.deliver(bytes, 0, bytes.length, this.#source, from.port);
  }
}
