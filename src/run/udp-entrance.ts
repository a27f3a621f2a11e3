import type { DatagramHandler, Engine, UdpBindOptions, UdpPort } from '../engine/engine.ts';
import type { SluiceError } from '../base/errors.ts';
import type { IpAddress } from '../model/address.ts';

/**
 * A bound UDP port, and who takes the datagrams that clients send there: one run of a listener, and the next one in
 * its place. Flows of an earlier owner still send their replies from it.
 */
export class UdpEntrance implements DatagramHandler {
  /** Undefined until its first owner is there, which is before the first datagram. */
  owner: DatagramHandler | undefined = undefined;
  #port: UdpPort | undefined = undefined;

  /** @throws SluiceError as `Engine.bindUdp` */
  static async open(engine: Engine, options: UdpBindOptions): Promise<UdpEntrance> {
    const entrance = new UdpEntrance();
    entrance.#port = await engine.bindUdp(options, entrance);
    return entrance;
  }

  get port(): UdpPort {
    if (this.#port === undefined) throw new TypeError('the entrance is not open yet');
    return this.#port;
  }

  /** Each argument by name: a rest parameter would make an array of every datagram. Hot path. */
  onDatagram(
    port: UdpPort,
    bytes: Buffer,
    start: number,
    end: number,
    source: IpAddress,
    sourcePort: number,
    local: IpAddress,
  ): void {
    this.owner?.onDatagram(port, bytes, start, end, source, sourcePort, local);
  }

  onError(port: UdpPort, error: SluiceError): void {
    this.owner?.onError(port, error);
  }
}
