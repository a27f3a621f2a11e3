/* eslint max-lines: ['error', { max: 285, skipBlankLines: true, skipComments: true }] -- A connection is one object, as those of the real engines are. */
import type { SluiceError } from '../../base/errors.ts';
import type { Connection, ConnectionHandler } from '../engine.ts';
import type { Tracked } from '../common/engine-context.ts';
import { callHandler, callOnClose, callOnData } from '../common/handler-calls.ts';
import { ForeignDestination, type ForeignSource } from '../common/foreign-destination.ts';
import { relayFault } from '../common/system-errors.ts';
import type { Happening } from './agenda.ts';
import { ConnectionFacts, type Origin } from './connection-facts.ts';
import { Reception } from './reception.ts';
import { Stream, type StreamEnd } from './stream.ts';
import type { VirtualContext } from './virtual-context.ts';

/** What works for a connection until it is gone: a dialer, or a place among those that were accepted. */
export interface Tenancy {
  leave(): void;
}

/**
 * One end of a TCP connection on a virtual network.
 *
 * Everything that its handler hears comes from `happen`, one thing at a time, and never from inside a call of the
 * owner. What has arrived stays in the stream until the handler may hear of it, so a pause holds nothing here.
 */
export class VirtualConnection
  extends ConnectionFacts
  implements Connection, Tracked, Happening, StreamEnd, ForeignSource
{
  rosterSlot = -1;
  isAwaited = false;
  handler: ConnectionHandler;
  isClosed = false;
  /** @internal */
  tenancy: Tenancy | undefined = undefined;
  /** @internal */
  readonly outgoing: Stream;

  readonly #reception: Reception;
  /** `waiting`: in a backlog, or for the other side to answer. */
  #state: 'waiting' | 'open' | 'gone' = 'waiting';
  #error: SluiceError | undefined = undefined;
  #fault: SluiceError | undefined = undefined;
  #owesDrain = false;
  /** Where a relay of this connection goes; the `#relaySource` there is this connection. */
  #relayTo: VirtualConnection | undefined = undefined;
  #relayLeft = 0;
  #relaySource: VirtualConnection | undefined = undefined;
  /** The same, where it goes to a connection of another kind. */
  #foreignTo: ForeignDestination | undefined = undefined;

  constructor(context: VirtualContext, origin: Origin, handler: ConnectionHandler) {
    super(context, origin);
    this.#reception = new Reception(origin === 'accepted');
    this.handler = handler;
    this.outgoing = new Stream(context.medium.buffers, this);
    if (origin !== 'accepted') context.track(this);
  }

  /** The connection stands; what the other side sends comes by this stream. */
  stand(incoming: Stream): void {
    this.#reception.stream = incoming;
    if (this.origin === 'accepted') this.outgoing.open();
    else this.wake();
  }

  /** An owner takes it out of the backlog. */
  adopt(tenancy: Tenancy): void {
    this.#state = 'open';
    this.tenancy = tenancy;
    this.context.track(this);
    this.noteActive();
    this.wake();
  }

  get unacknowledgedBytes(): number {
    return this.outgoing.unacknowledged;
  }

  hasArrivals(): boolean {
    return this.#state !== 'gone' && this.#reception.hasNews;
  }

  write(bytes: Buffer, start: number, end: number): boolean {
    this.context.medium.check(bytes, start, end);
    if (start >= end || this.outgoing.isEnded || this.#state === 'gone') return true;
    this.bytesWritten += end - start;
    this.noteActive();
    this.outgoing.write(bytes, start, end);
    if (!this.outgoing.isKeeping) return true;
    this.#owesDrain = true;
    this.outgoing.awaitsRoom = true;
    return false;
  }

  pause(): void {
    this.#reception.isPaused = true;
  }

  resume(): void {
    this.#reception.isPaused = false;
    this.wake();
  }

  end(): void {
    if (this.outgoing.isEnded || this.#state === 'gone') return;
    this.outgoing.end();
    // What comes from now on is ignored, so a relay to here has nothing to wait for.
    this.#relaySource?.wake();
    this.wake();
  }

  close(): void {
    if (this.#state !== 'open' || this.outgoing.isKeeping) this.reset();
    else this.#drop(undefined, this.#reception.hasBytes ? 'reset' : 'end');
  }

  reset(): void {
    if (this.#state === 'gone') this.#error = this.#fault;
    else this.#drop(this.#fault);
  }

  /** To close the engine, the network need not run. */
  shutDown(): void {
    this.reset();
    queueMicrotask(() => {
      this.#tellClose();
    });
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  /** There will be no connection. */
  giveUp(error: SluiceError): void {
    this.#drop(error);
  }

  /** Drops the connection for a handler's fault, which `onClose` tells even where the handler had reset it. */
  fail(fault: SluiceError): void {
    this.#fault = fault;
    this.reset();
  }

  relay(to: Connection, limit = Infinity): void {
    if (!(limit >= 1)) throw relayFault(`must forward at least 1 byte, not ${limit}`);
    const native = to instanceof VirtualConnection ? to : undefined;
    if (native !== undefined && native.context !== this.context)
      throw relayFault('needs two connections of one engine');
    if (native !== undefined && native.#relaySource !== undefined && native.#relaySource !== this)
      throw relayFault('must be the only relay to that connection');
    this.#stopRelay();
    if (this.#state === 'gone' || to.isClosed || (native !== undefined && native.#state === 'gone')) {
      this.pause();
      return;
    }
    this.#relayTo = native;
    this.#relayLeft = limit;
    if (native === undefined) this.#foreignTo = new ForeignDestination(to, this);
    else native.#relaySource = this;
    this.resume();
  }

  onRoom(): void {
    this.wake();
  }

  onDestinationGone(): void {
    this.pause();
    this.#stopRelay();
  }

  wake(): void {
    if (!this.isClosed) this.context.medium.agenda.add(this);
  }

  happen(): void {
    this.#tellRoom();
    if (this.#state === 'open') this.#serve();
    else if (this.#state === 'gone') this.#tellClose();
    else if (this.origin !== 'accepted' && this.#reception.stream !== undefined) this.#begin();
  }

  /** A relay to here goes on where there is room again. */
  #tellRoom(): void {
    const source = this.#relaySource;
    if (source !== undefined && source.#canRead()) source.wake();
  }

  /** The other side answered. */
  #begin(): void {
    this.#state = 'open';
    this.noteActive();
    this.outgoing.open();
    this.wake();
    this.#relaySource?.wake();
    this.#tell('onConnect');
  }

  /** Tells one thing: room for more, or what was read, or else a reset. */
  #serve(): void {
    const { random } = this.context.medium.agenda;
    const hasDrained = this.#owesDrain && !this.outgoing.isKeeping;
    const canRead = this.#canRead();
    if (hasDrained && (!canRead || random() < 0.5)) this.#drain();
    else if (canRead) this.#read();
    else if (this.#reception.isBroken) this.#drop(this.resetError());
    this.#finishIfDone();
    if (this.#state === 'open' && this.#hasMore()) this.wake();
  }

  #hasMore(): boolean {
    if (this.#owesDrain && !this.outgoing.isKeeping) return true;
    return this.#canRead() || this.#reception.isBroken;
  }

  /** Where only room for a relay is missing, it is told of some. */
  #canRead(): boolean {
    if (!this.#reception.isReadable) return false;
    if (this.#foreignTo?.isBusy === true && this.#reception.hasBytes) return false;
    const to = this.#relayTo?.outgoing;
    if (to === undefined || !this.#reception.hasBytes || to.isEnded || to.room > 0) return true;
    to.awaitsRoom = true;
    return false;
  }

  #drain(): void {
    this.#owesDrain = false;
    this.noteActive();
    this.#tell('onDrain');
  }

  #read(): void {
    const incoming = this.#reception.stream;
    if (incoming === undefined) return;
    if (incoming.arrived === 0) {
      this.#reception.isEndTold = true;
      this.#stopRelay();
      this.#tell('onEnd');
      return;
    }
    const length = this.context.medium.readSize(incoming);
    if (this.#foreignTo !== undefined)
      this.#copy(incoming, this.#foreignTo, Math.min(length, this.#relayLeft));
    else if (this.#relayTo === undefined) this.#deliver(incoming, length);
    else this.#relay(incoming, this.#relayTo, Math.min(length, this.#relayLeft));
  }

  #deliver(incoming: Stream, length: number): void {
    const { medium } = this.context;
    const { memory } = medium;
    const start = memory.lend(length, medium.agenda.random());
    incoming.read(memory.bytes, start, length);
    this.noteRead(length);
    this.trace('onData', length);
    const fault = callOnData(this.context, this, memory.bytes, start, start + length);
    const problem = memory.takeBack();
    if (problem !== undefined) medium.reportFault(problem);
    if (fault !== undefined) this.fail(fault);
  }

  #relay(incoming: Stream, to: VirtualConnection, most: number): void {
    const { outgoing } = to;
    const length = outgoing.isEnded ? most : Math.min(most, outgoing.room);
    this.noteRead(length);
    if (outgoing.isEnded) {
      incoming.skip(length);
    } else {
      to.bytesWritten += length;
      to.lastActiveMs = this.lastActiveMs;
      outgoing.relay(incoming, length);
    }
    this.#handedOn(length);
  }

  #copy(incoming: Stream, to: ForeignDestination, length: number): void {
    const { memory, agenda } = this.context.medium;
    const start = memory.lend(length, agenda.random());
    incoming.read(memory.bytes, start, length);
    this.noteRead(length);
    to.send(memory.bytes, start, start + length);
    memory.takeBack();
    this.#handedOn(length);
  }

  #handedOn(length: number): void {
    this.#relayLeft -= length;
    if (this.#relayLeft > 0) return;
    this.#stopRelay();
    this.#tell('onRelayed');
  }

  #stopRelay(): void {
    this.#foreignTo?.leave();
    this.#foreignTo = undefined;
    if (this.#relayTo === undefined) return;
    this.#relayTo.#relaySource = undefined;
    this.#relayTo = undefined;
  }

  /** A relay's destination is gone: its source reads no further until its owner says so. */
  #stopRelayToHere(): void {
    const source = this.#relaySource;
    if (source === undefined) return;
    source.pause();
    source.#stopRelay();
  }

  /** @param how what the other side hears. What is unread, or comes later, is answered with RST, as by a system */
  #drop(error: SluiceError | undefined, how: 'reset' | 'end' = 'reset'): void {
    if (this.#state === 'gone') return;
    this.#error = error;
    this.#reception.stream?.abandon(() => {
      this.outgoing.reset();
    });
    this.outgoing[how]();
    this.#leave();
  }

  #finishIfDone(): void {
    if (this.#state !== 'open' || !this.#reception.isEndTold) return;
    if (this.outgoing.isEnded && !this.outgoing.isKeeping) this.#leave();
  }

  #leave(): void {
    this.#state = 'gone';
    this.#stopRelay();
    this.#stopRelayToHere();
    this.tenancy?.leave();
    this.wake();
  }

  #tellClose(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.context.release(this);
    this.trace('onClose');
    callOnClose(this.context, this, this.#error);
  }

  #tell(event: 'onConnect' | 'onEnd' | 'onDrain' | 'onRelayed'): void {
    if (this.#state !== 'open') return;
    this.trace(event);
    const fault = callHandler(this.context, this, event);
    if (fault !== undefined) this.fail(fault);
  }
}
