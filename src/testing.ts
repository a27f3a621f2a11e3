export { checkBalancing } from './testing/check-balancing.ts';
export { checkPersistence } from './testing/check-persistence.ts';
export { VirtualClock } from './testing/virtual-clock.ts';
