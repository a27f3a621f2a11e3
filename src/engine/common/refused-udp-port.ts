import { DatagramDelivery } from './datagram-delivery.ts';
import type { DatagramHandler, UdpConnectOptions, UdpPort } from '../engine.ts';
import type { EngineContext, Tracked } from './engine-context.ts';
import { datagramError } from './system-errors.ts';

/** A connected port that was not opened because no descriptor was left: says so once, and sends nothing. */
export class RefusedUdpPort implements UdpPort, Tracked {
  rosterSlot = -1;
  readonly host = '';
  readonly port = 0;
  readonly isOutdated = false;
  readonly #context: EngineContext;
  readonly #delivery: DatagramDelivery;

  constructor(context: EngineContext, { host, port }: UdpConnectOptions, handler: DatagramHandler) {
    this.#context = context;
    this.#delivery = new DatagramDelivery(context, this, handler);
    context.track(this);
    const cause = Object.assign(new Error('no descriptor is left for clients'), { code: 'EMFILE' });
    setImmediate(() => {
      if (!this.#delivery.isStopped) this.#delivery.fail(datagramError(host, port, cause));
    });
  }

  send(): void {}

  sendConnected(): void {}

  close(): void {
    this.shutDown();
  }

  shutDown(): void {
    if (this.#delivery.isStopped) return;
    this.#delivery.stop();
    this.#context.release(this);
  }
}
