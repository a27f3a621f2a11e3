import type { Engine } from '../engine/engine.ts';
import type { Runtime } from '../runtime/runtime.ts';

/** What is checked: one server, on one service's behalf. */
export interface ProbeSubject {
  readonly service: string;
  /** The service's own address and port. */
  readonly serviceHost: string;
  readonly servicePort: number;
  readonly server: string;
  readonly host: string;
  /** The port that traffic of this service goes to on that server; a probe may have a port of its own. */
  readonly port: number;
}

/** How one probe ended. */
export interface ProbeResult {
  readonly ok: boolean;
  /** A short stable word: `connected`, `refused`, `timeout`, `status-500`, … */
  readonly code: string;
  /** One sentence for people; never payload. */
  readonly reason: string;
}

/** What a probe works with. */
export interface ProbeContext {
  readonly engine: Engine;
  readonly runtime: Runtime;
  /** Aborted at the time limit and when the check stops: end at once and leave nothing open. */
  readonly signal: AbortSignal;
}

/** One way to check a server. Stateless; one instance checks many servers. */
export interface Probe {
  /** A stable name: `connect`, `http`, `external`, `nodeStatus`, … */
  readonly kind: string;
  /** Checks once. Also resolves when the server fails; rejects only where the probe itself is at fault. */
  check(subject: ProbeSubject, context: ProbeContext): Promise<ProbeResult>;
}
