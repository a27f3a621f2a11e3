import type { RemoteInfo } from 'node:dgram';
import { IpAddress } from '../../../model/address.ts';
import { DatagramDelivery } from '../../common/datagram-delivery.ts';
import type { DatagramHandler, UdpPort } from '../../engine.ts';
import type { GivenChunk } from '../shared/given-chunk.ts';
import type { PortableContext } from '../shared/portable-context.ts';

/** Delivers what `dgram` reads, each datagram into memory of its own; its addresses are texts. */
export class DatagramReceiver extends DatagramDelivery {
  readonly #given: GivenChunk;
  readonly #source = new IpAddress();
  #sourceText = '';
  /** Where the port is bound: Node does not say to which address of the machine a datagram was sent. */
  readonly local = new IpAddress();

  constructor(context: PortableContext, port: UdpPort, handler: DatagramHandler) {
    super(context, port, handler);
    this.#given = context.given;
  }

  /** A datagram arrived. Hot path. */
  receive(bytes: Buffer, from: RemoteInfo): void {
    if (from.address !== this.#sourceText) {
      this.#sourceText = from.address;
      this.#source.setText(from.address);
    }
    this.#given.take(bytes);
    this.deliver(bytes, 0, bytes.length, this.#source, from.port, this.local);
    this.#given.release();
  }
}
