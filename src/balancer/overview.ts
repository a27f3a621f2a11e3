import type { ServiceOverview } from '../service/service-overview.ts';

/** The System Overview: a snapshot of everything, as plain data. */
export interface Overview {
  /** Which engine carries the traffic. */
  readonly engine: string;
  /** Wall-clock time, milliseconds since 1970. */
  readonly atMs: number;
  readonly services: readonly ServiceOverview[];
  /** Sessions and flows of services that a change has replaced, which go on as they began. */
  readonly replacedSessions: number;
}
