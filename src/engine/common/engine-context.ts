import { Roster, type Rostered } from '../../base/roster.ts';
import { LimitedLog } from '../../runtime/limited-log.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { DescriptorBudget } from '../budget/descriptor-budget.ts';
import { descriptorBudget, measureDescriptors } from '../budget/descriptor-limit.ts';
import { Names } from '../names/names.ts';
import { ownUdpPorts } from './own-udp-ports.ts';

/** A connection, listener or port, as the engine sees it when it closes. */
export interface Tracked extends Rostered {
  /** Ends it now; `EngineContext.release` follows. */
  shutDown(): void;
}

/** Between two log lines that say that clients wait. */
const tellAgainMs = 10_000;

/** What the connections, listeners and ports of one engine share, whichever engine it is. */
export class EngineContext {
  readonly runtime: Runtime;
  readonly budget: DescriptorBudget;
  readonly ownPorts = ownUdpPorts();
  /** For what may happen with each client. */
  readonly limitedLog: LimitedLog;
  readonly names: Names;
  #isToldFull = false;
  #toldFullMs = -Infinity;
  readonly #tracked = new Roster<Tracked>();
  #onEmpty: (() => void) | undefined = undefined;

  /**
   * @param budget that of this process, unless the engine opens no descriptors of it
   * @param names those that this machine knows, unless the engine has others
   */
  constructor(runtime: Runtime, budget = descriptorBudget(), names = new Names(runtime)) {
    this.runtime = runtime;
    this.budget = budget;
    this.limitedLog = new LimitedLog(runtime);
    this.names = names;
    measureDescriptors();
  }

  /**
   * Whether there are descriptors for one more client. Logs when there are none, and when there are many again.
   *
   * @param waitingRoom as in `DescriptorBudget.hasRoom`
   */
  admits(waitingRoom = 0): boolean {
    const hasRoom = this.budget.hasRoom(waitingRoom);
    if (!hasRoom) this.#tellFull();
    else if (this.#isToldFull && this.budget.isRelaxed(waitingRoom)) this.#tellRoom();
    return hasRoom;
  }

  /** Whether there is a descriptor for one more UDP flow. Logs when there is none. */
  admitsFlow(): boolean {
    if (this.budget.hasFlowRoom()) return true;
    const most = this.budget.flows.limit;
    this.limitedLog.tell(
      'flows',
      'warn',
      `UDP flows make room: the limit is ${most} flows, or fewer while connections take descriptors`,
    );
    return false;
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
    this.names.close();
    await empty;
  }

  /**
   * Logs that a handler threw: which one, on what, the kind of error and where. Not its message, which may
   * quote what was being handled.
   *
   * @param isLimited where it may happen with each datagram
   */
  logHandlerFault(handlerName: string, on: string, error: unknown, isLimited = false): void {
    const kind = error instanceof Error ? error.name : typeof error;
    const where = error instanceof Error ? /^\s+at .*$/m.exec(error.stack ?? '')?.[0].trim() : undefined;
    const message = `${handlerName} of ${on} threw ${kind}${where === undefined ? '' : ` ${where}`}`;
    if (isLimited) this.limitedLog.tell(handlerName, 'error', message);
    else this.runtime.log('error', message);
  }

  #tellFull(): void {
    const { clock, log } = this.runtime;
    if (this.#isToldFull || clock.nowMs() < this.#toldFullMs + tellAgainMs) return;
    this.#isToldFull = true;
    this.#toldFullMs = clock.nowMs();
    const { limit, reserve } = this.budget;
    log(
      'warn',
      `clients wait: no descriptor is left for them (limit ${limit}, ${reserve} in reserve); raise the limit (ulimit -n)`,
    );
  }

  #tellRoom(): void {
    this.#isToldFull = false;
    this.runtime.log('info', 'descriptors for clients are free again');
  }
}
