export { checkBalancing } from './testing/check-balancing.ts';
export { checkPersistence, type CheckPersistenceOptions } from './testing/check-persistence.ts';
export { VirtualClock } from './testing/virtual-clock.ts';
