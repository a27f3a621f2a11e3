import type { Socket } from 'node:net';

/** Hears of one `net.Socket`, as a connection does of its own. */
export interface SocketOwner {
  onSocketConnect(): void;
  /** Bytes in memory of their own; not for a socket that reads into given memory. */
  onSocketData(chunk: Buffer): void;
  onSocketDrain(): void;
  onSocketEnd(): void;
  onSocketError(cause: Error): void;
  onSocketClose(): void;
}

const owner = Symbol('owner');

interface OwnedSocket extends Socket {
  [owner]: SocketOwner;
}

/**
 * Has the socket tell its owner everything. All sockets share their listeners, which Node calls with the socket as
 * `this`.
 */
export function listenTo(socket: Socket, socketOwner: SocketOwner, isAccepted: boolean): void {
  (socket as OwnedSocket)[owner] = socketOwner;
  if (isAccepted) socket.on('data', onData);
  else socket.on('connect', onConnect);
  socket.on('drain', onDrain);
  socket.on('end', onEnd);
  socket.on('error', onError);
  socket.on('close', onClose);
}

function onConnect(this: OwnedSocket): void {
  this[owner].onSocketConnect();
}

function onData(this: OwnedSocket, chunk: Buffer): void {
  this[owner].onSocketData(chunk);
}

function onDrain(this: OwnedSocket): void {
  this[owner].onSocketDrain();
}

function onEnd(this: OwnedSocket): void {
  this[owner].onSocketEnd();
}

function onError(this: OwnedSocket, cause: Error): void {
  this[owner].onSocketError(cause);
}

function onClose(this: OwnedSocket): void {
  this[owner].onSocketClose();
}
