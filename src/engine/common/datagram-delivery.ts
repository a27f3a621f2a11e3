import type { SluiceError } from '../../base/errors.ts';
import type { IpAddress } from '../../model/address.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { DatagramHandler, UdpPort } from '../engine.ts';
import type { EngineContext } from './engine-context.ts';
import { handlerFault } from './system-errors.ts';

/** Calls the handler of one UDP port until it is stopped; what the handler throws never gets further. */
export class DatagramDelivery {
  isStopped = false;
  /** A datagram has arrived. */
  hasDelivered = false;
  readonly #context: EngineContext;
  readonly #port: UdpPort;
  handler: DatagramHandler;

  constructor(context: EngineContext, port: UdpPort, handler: DatagramHandler) {
    this.#context = context;
    this.#port = port;
    this.handler = handler;
  }

  /** A datagram arrived. Hot path. */
  deliver(
    bytes: Buffer,
    start: number,
    end: number,
    source: IpAddress,
    sourcePort: number,
    local: IpAddress,
  ): void {
    if (this.isStopped) return;
    this.hasDelivered = true;
    try {
      this.handler.onDatagram(this.#port, bytes, start, end, source, sourcePort, local);
    } catch (error) {
      this.#log('onDatagram', error);
      this.fail(handlerFault('onDatagram', error));
    }
  }

  fail(error: SluiceError): void {
    if (this.isStopped) return;
    try {
      this.handler.onError(this.#port, error);
    } catch (fault) {
      this.#log('onError', fault);
    }
  }

  stop(): void {
    this.isStopped = true;
  }

  #log(handlerName: string, error: unknown): void {
    const on = `the UDP port ${formatEndpoint(this.#port.host, this.#port.port)}`;
    this.#context.logHandlerFault(handlerName, on, error, true);
  }
}
