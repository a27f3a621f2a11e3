import type { ConnectionHandler } from '../engine.ts';

/** Hears nothing: stands in until `onAccept` has set a handler, and once a client was refused. */
export const unclaimed: ConnectionHandler = {
  onConnect: () => undefined,
  onData: () => undefined,
  onEnd: () => undefined,
  onDrain: () => undefined,
  onRelayed: () => undefined,
  onClose: () => undefined,
};
