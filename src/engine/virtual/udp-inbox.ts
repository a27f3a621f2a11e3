import type { DatagramHandler, UdpPort } from '../engine.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import { handlerFault } from '../common/system-errors.ts';
import type { SluiceError } from '../../base/errors.ts';
import type { Happening } from './agenda.ts';
import type { VirtualContext } from './virtual-context.ts';
import type { Datagram } from './virtual-host.ts';

/** What came to a UDP port, in order, and is told one thing at a time. */
export class UdpInbox implements Happening {
  isAwaited = false;
  isStopped = false;
  /** A datagram was told. */
  hasDelivered = false;
  readonly #context: VirtualContext;
  readonly #port: UdpPort;
  handler: DatagramHandler;
  readonly #waiting: (Datagram | SluiceError)[] = [];
  #waitingBytes = 0;

  constructor(context: VirtualContext, port: UdpPort, handler: DatagramHandler) {
    this.#context = context;
    this.#port = port;
    this.handler = handler;
  }

  /** A datagram arrived. It is dropped where the buffer is full. */
  take(datagram: Datagram): void {
    const { length } = datagram.bytes;
    const isFull = this.#waitingBytes + length > this.#context.medium.conditions.datagramBufferBytes;
    if (this.isStopped || (isFull && this.#waiting.length > 0)) return;
    this.#waitingBytes += length;
    this.#add(datagram);
  }

  fail(error: SluiceError): void {
    if (!this.isStopped) this.#add(error);
  }

  /** Nothing is told any more. */
  stop(): void {
    this.isStopped = true;
    this.#waiting.length = 0;
  }

  happen(): void {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    if (next instanceof Error) this.#tellError(next);
    else this.#tell(next);
    if (this.#waiting.length > 0) this.#context.medium.agenda.add(this);
  }

  #add(item: Datagram | SluiceError): void {
    this.#waiting.push(item);
    this.#context.medium.agenda.add(this);
  }

  #tell({ bytes, from, fromPort, to }: Datagram): void {
    const { medium } = this.#context;
    const { memory } = medium;
    this.#waitingBytes -= bytes.length;
    this.hasDelivered = true;
    const start = memory.lend(bytes.length, medium.agenda.random());
    bytes.copy(memory.bytes, start);
    const source = from.copy();
    this.#trace('onDatagram', bytes.length);
    try {
      this.handler.onDatagram(
        this.#port,
        memory.bytes,
        start,
        start + bytes.length,
        source,
        fromPort,
        to.copy(),
      );
    } catch (error) {
      this.#log('onDatagram', error);
      this.#tellError(handlerFault('onDatagram', error));
    }
    const isUnchanged = bytes.equals(memory.bytes.subarray(start, start + bytes.length));
    // An address that is kept beyond the call is reused by a real engine.
    source.set(0, 0, 0, 0);
    const problem =
      memory.takeBack() ?? (isUnchanged ? undefined : 'the bytes of a datagram were written to');
    if (problem !== undefined) medium.reportFault(problem);
  }

  #tellError(error: SluiceError): void {
    if (this.isStopped) return;
    this.#trace(`onError ${error.code}`, 0);
    try {
      this.handler.onError(this.#port, error);
    } catch (fault) {
      this.#log('onError', fault);
    }
  }

  #log(handlerName: string, error: unknown): void {
    const on = `the UDP port ${formatEndpoint(this.#port.host, this.#port.port)}`;
    this.#context.logHandlerFault(handlerName, on, error);
  }

  #trace(event: string, length: number): void {
    const { agenda, trace } = this.#context.medium;
    trace?.(`${agenda.clock.nowMs()} ${this.#port.host} ${this.#port.port} ${event} ${length}`);
  }
}
