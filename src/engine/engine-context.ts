import type { Runtime } from '../runtime/runtime.ts';

/** A connection, listener or port, as the engine sees it when it closes. */
export interface Tracked {
  /** Ends it now; `EngineContext.release` follows. */
  shutDown(): void;
}

/** What the connections, listeners and ports of one engine share, whichever engine it is. */
export class EngineContext {
  readonly runtime: Runtime;
  readonly #tracked = new Set<Tracked>();
  #onEmpty: (() => void) | undefined = undefined;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  track(item: Tracked): void {
    this.#tracked.add(item);
  }

  release(item: Tracked): void {
    this.#tracked.delete(item);
    if (this.#tracked.size === 0) this.#onEmpty?.();
  }

  /** Shuts down everything tracked. @returns a promise that resolves when all of it was released */
  async shutDownAll(): Promise<void> {
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      if (this.#tracked.size === 0) resolve();
    });
    for (const item of [...this.#tracked]) item.shutDown();
    await empty;
  }

  /**
   * Logs that a handler threw: which one, on what, the kind of error and where. Not its message, which may
   * quote what was being handled.
   */
  logHandlerFault(handlerName: string, on: string, error: unknown): void {
    const kind = error instanceof Error ? error.name : typeof error;
    const where = error instanceof Error ? /^\s+at .*$/m.exec(error.stack ?? '')?.[0].trim() : undefined;
    this.runtime.log(
      'error',
      `${handlerName} of ${on} threw ${kind}${where === undefined ? '' : ` ${where}`}`,
    );
  }
}
