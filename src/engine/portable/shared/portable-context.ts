import type { Runtime } from '../../../runtime/runtime.ts';
import { Deadlines } from '../../../runtime/deadlines.ts';
import { EngineContext } from '../../common/engine-context.ts';
import { GivenChunk } from './given-chunk.ts';
import { SendArena } from './send-arena.ts';

/** What the connections, listeners and ports of one portable engine share. */
export class PortableContext extends EngineContext {
  readonly arena = new SendArena();
  /** What Node gave and is being handled now: handlers do not run inside each other. */
  readonly given = new GivenChunk();
  /**
   * Counts what Node passes on straight from the poll of the event loop: bytes for outgoing connections, connections
   * that stand, and accepted ones. What comes as 'data' may have waited in a stream, and does not count.
   */
  arrivals = 0;
  /** When young connections are to have keep-alive. */
  readonly keepAlive: Deadlines;
  readonly #readBuffer = Buffer.allocUnsafeSlow(65_536);

  constructor(runtime: Runtime) {
    super(runtime);
    this.keepAlive = new Deadlines(runtime.clock);
  }

  /**
   * The memory that outgoing connections read into: one buffer for all of them, since the bytes are handed on
   * before the next read. Windows posts its reads ahead, so there each connection has its own.
   */
  readBuffer(): Buffer {
    return process.platform === 'win32' ? Buffer.allocUnsafeSlow(65_536) : this.#readBuffer;
  }
}
