import { modeOf } from '../config/modes.ts';
import { UdpRun } from './udp-run.ts';
import { TcpRun } from './tcp-run.ts';
import type { OpenRun } from './run.ts';

/** Runs a listener in this thread. */
export const openRun: OpenRun = (options, facts, counters, predecessor) => {
  if (modeOf(options.mode).transport === 'udp') {
    const previous = predecessor instanceof UdpRun ? predecessor : undefined;
    return UdpRun.open(options, facts, counters, previous);
  }
  const previous = predecessor instanceof TcpRun ? predecessor : undefined;
  return TcpRun.open(options, facts, counters, previous);
};
