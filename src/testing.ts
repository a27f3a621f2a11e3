export { VirtualClock } from './testing/virtual-clock.ts';
