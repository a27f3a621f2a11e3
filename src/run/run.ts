import { SluiceError } from '../base/errors.ts';
import type { Server } from '../model/server.ts';
import type { Holder } from '../pool/entry-renewal.ts';
import type { ResolvedListenerOptions } from '../config/resolved-options.ts';
import type { FactEmitter } from '../facts/fact-emitter.ts';
import type { TrafficCounters } from '../path/traffic-counters.ts';
import type { CloseReason, ServiceEvents } from '../facts/service-events.ts';
import type { PathContext } from '../path/path-context.ts';
import type { SessionOverview } from '../path/session-overview.ts';

/** What runs between start and stop. */
export interface Stoppable {
  /** Takes nothing new; what is under way goes on. Resolves when the port is free, or is another run's. */
  close(): Promise<void>;
  /**
   * Resolves once nothing is under way.
   *
   * @param keepsIdle whether HTTP connections that wait for a request may have one more answered. For a run that
   * was replaced: no client of it is turned away
   */
  drain(keepsIdle: boolean): Promise<void>;
  /** Cuts what is under way. @returns how many sessions or flows */
  abort(reason: CloseReason): number;
  /** Gives back what `open` took: pool, engine. */
  dispose(): Promise<void>;
}

/** One run of a listener. */
export interface Run extends Stoppable {
  readonly context: PathContext;
  /**
   * Takes over the socket of its predecessor, with the clients that wait there; the predecessor keeps its sessions.
   * Without a predecessor, does nothing.
   *
   * @throws SluiceError `SLUICE_ERR_STATE` where the predecessor has closed it meanwhile
   */
  takeOver(): Promise<void> | void;
  /** Gives up the port, and serves the clients it has. */
  unbind(): Promise<void>;
  /** Takes the port again after `unbind`. @throws SluiceError as a start */
  rebind(): Promise<void>;
  abort(reason: CloseReason, server?: Server): number;
  /** What is under way now, for people. */
  sessions(): Promise<readonly SessionOverview[]>;
  updateCounters(): void;
  /** Whose sessions hold entries of a stick table now. */
  holders(): Promise<readonly Holder[]>;
}

/** For a run that replaces another, which was stopped. */
export function goneMeanwhile(listener: string): SluiceError {
  return new SluiceError('SLUICE_ERR_STATE', `'${listener}' was stopped during its replacement`);
}

/**
 * Binds and makes one run of a listener; on failure nothing is left open.
 *
 * @param predecessor a run of the same transport, whose socket it is to have instead, once it takes over
 * @throws SluiceError as `Engine.listen` and `Engine.bindUdp`, or where the pool serves another listener
 */
export type OpenRun = (
  options: ResolvedListenerOptions,
  facts: FactEmitter<ServiceEvents>,
  counters: TrafficCounters,
  predecessor: Run | undefined,
) => Promise<Run>;
