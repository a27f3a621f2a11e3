import { Pool } from '../../pool/pool.ts';
import { openRun } from '../../run/open-run.ts';
import type { Sharing } from './sharing.ts';

/** Nobody follows: sessions run beside the balancer. @param about why, where that was not asked for */
export function alone(about?: string): Sharing {
  return {
    followers: 0,
    about,
    lead: ({ pool }, { random }) => ({ pool: new Pool(pool, random), open: openRun }),
  };
}
