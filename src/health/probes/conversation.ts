import type { Connection, ConnectionHandler } from '../../engine/engine.ts';
import type { SluiceError } from '../../base/errors.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { Timer } from '../../runtime/runtime.ts';
import type { ProbeContext, ProbeResult } from '../probe.ts';
import { connectFailure, timedOut } from './connect-failure.ts';

/** What a probe says and hears over one connection. It ends with the first result. */
export interface Conversation {
  /** The connection stands: writes what there is to write. */
  begin(connection: Connection): ProbeResult | undefined;
  /** Bytes arrived, valid only during the call. */
  hear(bytes: Buffer, start: number, end: number): ProbeResult | undefined;
  /** The server ended the connection in good order, and there is no result yet. */
  conclude(): ProbeResult;
}

/** How long a server may take to end its side once there is a result; then the connection is reset. */
const closeWaitMs = 200;

/**
 * Connects, holds a conversation, and closes by FIN, which servers log as an ordinary end. Resolves as soon as there
 * is a result: a server that is slow to close is not called slow to answer. The connection then lives for 200 ms at
 * most.
 *
 * @throws SluiceError `SLUICE_ERR_PROBE` where this machine cannot connect to anything
 */
export function converse(
  context: ProbeContext,
  host: string,
  port: number,
  conversation: Conversation,
): Promise<ProbeResult> {
  return new Promise((resolve, reject) => {
    const handler = new ConversationHandler(
      context,
      formatEndpoint(host, port),
      conversation,
      resolve,
      reject,
    );
    handler.start(context.engine.connect({ host, port }, handler));
  });
}

class ConversationHandler implements ConnectionHandler {
  readonly #context: ProbeContext;
  readonly #endpoint: string;
  readonly #conversation: Conversation;
  readonly #resolve: (result: ProbeResult) => void;
  readonly #reject: (error: unknown) => void;
  #result: ProbeResult | undefined = undefined;
  #closeWait: Timer | undefined = undefined;
  #connection: Connection | undefined = undefined;
  readonly #abort = (): void => {
    this.#result ??= timedOut(this.#endpoint);
    this.#connection?.reset();
  };

  constructor(
    context: ProbeContext,
    endpoint: string,
    conversation: Conversation,
    resolve: (result: ProbeResult) => void,
    reject: (error: unknown) => void,
  ) {
    this.#context = context;
    this.#endpoint = endpoint;
    this.#conversation = conversation;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(connection: Connection): void {
    const { signal } = this.#context;
    this.#connection = connection;
    if (signal.aborted) this.#abort();
    else signal.addEventListener('abort', this.#abort, { once: true });
  }

  onConnect(connection: Connection): void {
    if (this.#result === undefined) this.#settle(connection, this.#conversation.begin(connection));
  }

  onData(connection: Connection, bytes: Buffer, start: number, end: number): void {
    if (this.#result === undefined) this.#settle(connection, this.#conversation.hear(bytes, start, end));
  }

  onEnd(connection: Connection): void {
    if (this.#result === undefined) this.#settle(connection, this.#conversation.conclude());
  }

  onDrain(): void {}

  onRelayed(): void {}

  onClose(_connection: Connection, error: SluiceError | undefined): void {
    this.#closeWait?.cancel();
    this.#context.signal.removeEventListener('abort', this.#abort);
    try {
      this.#result ??= error === undefined ? this.#conversation.conclude() : connectFailure(error);
      this.#resolve(this.#result);
    } catch (fault) {
      this.#reject(fault);
    }
  }

  #settle(connection: Connection, result: ProbeResult | undefined): void {
    if (result === undefined) return;
    this.#result = result;
    this.#resolve(result);
    connection.end();
    this.#closeWait = this.#context.runtime.clock.schedule(closeWaitMs, () => connection.reset());
  }
}
