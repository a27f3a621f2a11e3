import type { ConnectionHandler } from '../engine.ts';

/** Stands in until `onAccept` has set a handler. */
export const unclaimed: ConnectionHandler = {
  onConnect: () => undefined,
  onData: () => undefined,
  onEnd: () => undefined,
  onDrain: () => undefined,
  onRelayed: () => undefined,
  onClose: () => undefined,
};
