export type { NetworkConditions, Reads } from './engine/virtual/medium.ts';
export { VirtualHost } from './engine/virtual/virtual-host.ts';
export type { VirtualName } from './engine/virtual/virtual-names.ts';
export {
  VirtualNetwork,
  type VirtualEngineOptions,
  type VirtualNetworkOptions,
} from './engine/virtual/virtual-network.ts';
export type { Delay } from './engine/virtual/wire.ts';
export { VirtualClock } from './runtime/virtual-clock.ts';
export { checkBalancing } from './testing/check-balancing.ts';
export { checkPersistence, type CheckPersistenceOptions } from './testing/check-persistence.ts';
