import type { Socket } from 'node:net';
import { IpAddress } from '../../../model/address.ts';
import { readLocalEnd, unknownEnd, type LocalEnd } from './local-end.ts';
import { isSameEnd, mayMeetItself } from '../../common/self-connection.ts';
import type { Origin } from './origin.ts';

/** Both ends of a connection on a `net.Socket`. */
export abstract class SocketAddresses {
  readonly remoteAddress = new IpAddress();
  remotePort: number;
  protected readonly socket: Socket;
  /** The server was given by its address, not by a name. */
  readonly #knowsRemote: boolean = false;
  #localEnd = unknownEnd;

  constructor(socket: Socket, origin: Origin) {
    this.socket = socket;
    this.remotePort = origin === 'accepted' ? 0 : origin.port;
    if (origin === 'accepted') this.learnRemote();
    else this.#knowsRemote = this.remoteAddress.setText(origin.host);
  }

  get localAddress(): IpAddress {
    return this.#learnLocal().address;
  }

  get localPort(): number {
    return this.#learnLocal().port;
  }

  /** The connection stands. */
  protected learnRemote(): void {
    if (this.#knowsRemote) return;
    this.remoteAddress.setText(this.socket.remoteAddress ?? '');
    this.remotePort = this.socket.remotePort ?? this.remotePort;
  }

  /** For one that connected, once `learnRemote` was called. */
  protected isSelfConnected(): boolean {
    const { remoteAddress, remotePort } = this;
    if (!mayMeetItself(remotePort)) return false;
    return isSameEnd(this.localAddress, this.localPort, remoteAddress, remotePort);
  }

  /** Asks the system when it is first wanted: it seldom is. */
  #learnLocal(): LocalEnd {
    if (this.#localEnd === unknownEnd) this.#localEnd = readLocalEnd(this.socket);
    return this.#localEnd;
  }
}
