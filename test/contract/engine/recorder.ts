import type { SluiceError } from '../../../src/base/errors.ts';
import type { Connection, ConnectionHandler } from '../../../src/engine/engine.ts';
import { Condition } from './condition.ts';

export type RecordedEvent = 'connect' | 'data' | 'end' | 'drain' | 'relayed' | 'close';

/** What a test does on an event, beside recording it. */
export type Reaction = (connection: Connection, bytes: Buffer) => void;

/** Notes when a handler is called from inside a call of the owner, which an engine must never do. */
export class OwnerCalls {
  readonly violations: string[] = [];
  #depth = 0;

  make<T>(call: () => T): T {
    this.#depth++;
    try {
      return call();
    } finally {
      this.#depth--;
    }
  }

  check(event: string): void {
    if (this.#depth > 0) this.violations.push(event);
  }
}

/** Records everything that happens on one connection, and reacts as a test wants. */
export class Recorder implements ConnectionHandler {
  /** In order; consecutive `data` events count once. */
  readonly events: RecordedEvent[] = [];
  readonly on: Partial<Record<RecordedEvent, Reaction>> = {};
  readonly ownerCalls: OwnerCalls;
  closeError: SluiceError | undefined = undefined;
  closeCount = 0;
  byteCount = 0;
  readonly #chunks: Buffer[] = [];
  readonly #condition = new Condition();

  constructor(ownerCalls = new OwnerCalls()) {
    this.ownerCalls = ownerCalls;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.bytes.toString('latin1');
  }

  until(event: RecordedEvent): Promise<void> {
    return this.#condition.until(() => this.events.includes(event));
  }

  untilBytes(count: number): Promise<void> {
    return this.#condition.until(() => this.byteCount >= count);
  }

  onConnect(connection: Connection): void {
    this.#record('connect', connection);
  }

  onData(connection: Connection, bytes: Buffer, start: number, end: number): void {
    const copy = Buffer.from(bytes.subarray(start, end));
    this.byteCount += copy.length;
    this.#chunks.push(copy);
    this.#record('data', connection, copy);
  }

  onEnd(connection: Connection): void {
    this.#record('end', connection);
  }

  onDrain(connection: Connection): void {
    this.#record('drain', connection);
  }

  onRelayed(connection: Connection): void {
    this.#record('relayed', connection);
  }

  onClose(connection: Connection, error: SluiceError | undefined): void {
    this.closeCount++;
    this.closeError = error;
    this.#record('close', connection);
  }

  #record(event: RecordedEvent, connection: Connection, bytes = Buffer.alloc(0)): void {
    this.ownerCalls.check(event);
    if (event !== 'data' || this.events.at(-1) !== 'data') this.events.push(event);
    try {
      this.on[event]?.(connection, bytes);
    } finally {
      this.#condition.changed();
    }
  }
}
