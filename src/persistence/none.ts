import type { Persistence } from './persistence.ts';

const nothing: Persistence = Object.freeze({ name: 'none', strategies: Object.freeze([]) });

/** No persistence: balancing chooses each time. */
export function none(): Persistence {
  return nothing;
}
