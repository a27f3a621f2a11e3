import type { ServiceHead } from '../site/heads.ts';
import type { TextKey } from '../text/english.ts';

/** The cluster's word of each state. */
export const wordKeys: Readonly<Record<ServiceHead['state'], TextKey>> = {
  up: 'wordUp',
  degraded: 'wordDegraded',
  down: 'wordDown',
  unknown: 'wordUnknown',
};
