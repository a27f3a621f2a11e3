import type { Socket } from 'node:net';
import { IpAddress } from '../../model/address.ts';
import { readLocalEnd, unknownEnd, type LocalEnd } from './local-end.ts';
import type { Origin } from './origin.ts';

/** Both ends of the connection on one `net.Socket`. */
export abstract class SocketEnds {
  readonly remoteAddress = new IpAddress();
  remotePort: number;
  protected readonly socket: Socket;
  /** False where the server was given by a name: which address was meant shows when the connection stands. */
  readonly #knowsRemote: boolean;
  #localEnd = unknownEnd;

  constructor(socket: Socket, origin: Origin) {
    this.socket = socket;
    this.remotePort = origin === 'accepted' ? 0 : origin.port;
    this.#knowsRemote = origin !== 'accepted' && this.remoteAddress.setText(origin.host);
    if (origin === 'accepted') this.learnRemote();
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

  /** Asks the system when it is first wanted: it seldom is. */
  #learnLocal(): LocalEnd {
    if (this.#localEnd === unknownEnd) this.#localEnd = readLocalEnd(this.socket);
    return this.#localEnd;
  }
}
