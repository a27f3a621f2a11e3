import type { SluiceError } from '../../base/errors.ts';
import { formatEndpoint } from '../../model/endpoint.ts';
import type { Connection } from '../engine.ts';
import type { EngineContext } from './engine-context.ts';
import { handlerFault } from './system-errors.ts';

/** Calls a handler that takes only the connection. @returns what to close the connection with, if it threw */
export function callHandler(
  context: EngineContext,
  connection: Connection,
  event: 'onConnect' | 'onEnd' | 'onDrain' | 'onRelayed',
): SluiceError | undefined {
  try {
    connection.handler[event](connection);
    return undefined;
  } catch (error) {
    return fault(context, connection, event, error);
  }
}

/** As {@link callHandler}. Hot path. */
export function callOnData(
  context: EngineContext,
  connection: Connection,
  bytes: Buffer,
  start: number,
  end: number,
): SluiceError | undefined {
  try {
    connection.handler.onData(connection, bytes, start, end);
    return undefined;
  } catch (error) {
    return fault(context, connection, 'onData', error);
  }
}

/** What `onClose` throws has nothing left to close: it is logged only. */
export function callOnClose(
  context: EngineContext,
  connection: Connection,
  reason: SluiceError | undefined,
): void {
  try {
    connection.handler.onClose(connection, reason);
  } catch (error) {
    fault(context, connection, 'onClose', error);
  }
}

function fault(context: EngineContext, connection: Connection, event: string, error: unknown): SluiceError {
  const other = formatEndpoint(connection.remoteAddress.toString(), connection.remotePort);
  context.logHandlerFault(event, `the connection with ${other}`, error);
  return handlerFault(event, error);
}
