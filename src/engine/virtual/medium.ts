import type { Random } from '../../runtime/runtime.ts';
import type { VirtualClock } from '../../runtime/virtual-clock.ts';
import { Agenda } from './agenda.ts';
import { largestRead, ReadMemory } from './read-memory.ts';
import type { Stream, StreamBuffers } from './stream.ts';
import { Wire, type Delay, type WireEnd } from './wire.ts';

/**
 * How much of what has arrived one read brings. `whole`: all of it, up to 64 KiB. `split`: as the seed chooses, from
 * one byte to all of it, and often to just behind the end of a line. A function says it itself, from 1 to `arrived`.
 */
export type Reads = 'whole' | 'split' | ((arrived: number, random: Random) => number);

/** How a virtual network treats what is sent over it. Each may be changed at any time. */
export interface NetworkConditions {
  reads: Reads;
  /** What each packet takes, in milliseconds. Datagrams of different delays overtake each other. */
  delayMs: Delay;
  /** What the lookup of a host name takes, in milliseconds. */
  lookUpMs: Delay;
  /** The part of datagrams between two hosts that gets lost, from 0 to 1. */
  datagramLoss: number;
  /** What the system of a sender takes of each new connection beyond what the receiver has room for, in bytes. */
  sendBufferBytes: number;
  /** What can arrive on each new connection before it is read, in bytes. */
  receiveBufferBytes: number;
  /** What can arrive on a UDP port before it is read, in bytes; what comes then is dropped. */
  datagramBufferBytes: number;
}

/** What everything on one network shares. */
export class Medium {
  readonly seed: number;
  readonly agenda: Agenda;
  readonly memory = new ReadMemory();
  readonly conditions: NetworkConditions;
  readonly trace: ((line: string) => void) | undefined;
  /** The first mistake of an owner, if there was one. */
  fault: Error | undefined = undefined;

  constructor(
    seed: number,
    clock: VirtualClock,
    random: Random,
    conditions: NetworkConditions,
    trace: ((line: string) => void) | undefined,
  ) {
    this.seed = seed;
    this.agenda = new Agenda(clock, random);
    this.conditions = conditions;
    this.trace = trace;
  }

  get buffers(): StreamBuffers {
    const { sendBufferBytes, receiveBufferBytes } = this.conditions;
    return { sendBufferBytes, receiveBufferBytes };
  }

  wire(from: WireEnd, to: WireEnd): Wire {
    return new Wire(this.agenda, this.conditions, from, to);
  }

  /** How much the next read of a stream brings, of at least one byte. Hot path. */
  readSize(stream: Stream): number {
    const { reads } = this.conditions;
    const most = Math.min(stream.arrived, largestRead);
    if (most === 1 || reads === 'whole') return most;
    const { random } = this.agenda;
    if (reads !== 'split') return Math.min(most, Math.max(1, Math.floor(reads(stream.arrived, random))));
    const kind = random();
    if (kind < 0.35) return most;
    // Protocols of text change their state behind a line.
    if (kind < 0.55) return stream.lineEnd(random() < 0.5, most) || most;
    const limit = kind < 0.7 ? Math.min(most, 16) : most;
    return 1 + Math.floor(random() * limit);
  }

  /** Checks bytes that an owner hands in. @throws Error where they are not its own any more, or not all there */
  check(bytes: Buffer, start: number, end: number): void {
    const isInside = start >= 0 && end <= bytes.length;
    const problem = isInside
      ? this.memory.problemWith(bytes, start, end)
      : `bytes ${start} to ${end} are not all inside the buffer of ${bytes.length} bytes`;
    if (problem !== undefined) throw this.reportFault(problem);
  }

  /** Remembers a fault of an owner. The test that lets the network run is told. */
  reportFault(problem: string): Error {
    const fault = new Error(problem);
    this.fault ??= fault;
    return fault;
  }
}
