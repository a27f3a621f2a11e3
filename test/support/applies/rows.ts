import type { Pace } from './change-at-pace.ts';
import { haproxy } from './haproxy-subject.ts';
import { sluice } from './sluice-subject.ts';
import type { StartSubject } from './subject.ts';

/** One balancer, changed at one pace. */
export interface Row {
  readonly name: string;
  readonly start: StartSubject;
  readonly pace: Pace;
  readonly hasUdp: boolean;
  /** Whether what goes wrong is a defect of this project. */
  readonly isOurs: boolean;
}

const ours = { pace: 'asked', hasUdp: true, isOurs: true } as const;
const theirs = { start: haproxy, hasUdp: false, isOurs: false } as const;

/** Workers need the Linux engine, so there is no row for the portable one with workers. */
export const rows: readonly Row[] = [
  { name: 'sluice-linux', start: sluice('linux', 0), ...ours },
  { name: 'sluice-linux-workers', start: sluice('linux', 2), ...ours },
  { name: 'sluice-portable', start: sluice('portable', 0), ...ours },
  { name: 'sluice-linux-unchanged', start: sluice('linux', 0), ...ours, pace: 'never' },
  { name: 'haproxy-often', pace: 'often', ...theirs },
  { name: 'haproxy-each-second', pace: 'each second', ...theirs },
  { name: 'haproxy-unchanged', pace: 'never', ...theirs },
];
