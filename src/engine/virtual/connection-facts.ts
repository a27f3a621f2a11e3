import type { SluiceError } from '../../base/errors.ts';
import { IpAddress } from '../../model/address.ts';
import { resetError } from '../common/system-errors.ts';
import { networkError } from './network-error.ts';
import type { VirtualContext } from './virtual-context.ts';

/** Where a connection goes, as its owner wrote it; `accepted` for one that came from a client. */
export type Origin = 'accepted' | { readonly host: string; readonly port: number };

/** What is known of a connection: both ends, what was carried and when. */
export class ConnectionFacts {
  readonly remoteAddress = new IpAddress();
  remotePort = 0;
  readonly localAddress = new IpAddress();
  localPort = 0;
  bytesRead = 0;
  bytesWritten = 0;
  lastActiveMs: number;
  firstReadMs = -1;
  protected readonly context: VirtualContext;
  protected readonly origin: Origin;

  constructor(context: VirtualContext, origin: Origin) {
    this.context = context;
    this.origin = origin;
    this.lastActiveMs = context.runtime.clock.nowMs();
  }

  get isOutdated(): boolean {
    return this.origin !== 'accepted' && this.context.names.isOutdated(this.origin.host, this.remoteAddress);
  }

  protected noteActive(): void {
    this.lastActiveMs = this.context.runtime.clock.nowMs();
  }

  protected noteRead(length: number): void {
    this.bytesRead += length;
    this.noteActive();
    if (this.bytesRead === length) this.firstReadMs = this.lastActiveMs;
  }

  /** The other side reset it. */
  protected resetError(): SluiceError {
    const { origin } = this;
    const cause = networkError('ECONNRESET', 'read');
    if (origin === 'accepted')
      return resetError('client', this.remoteAddress.toString(), this.remotePort, cause);
    return resetError('server', origin.host, origin.port, cause);
  }

  protected trace(event: string, length = 0): void {
    const { agenda, trace } = this.context.medium;
    if (trace === undefined) return;
    const local = `${this.localAddress.toString()} ${this.localPort}`;
    const remote = `${this.remoteAddress.toString()} ${this.remotePort}`;
    trace(`${agenda.clock.nowMs()} ${local} ${remote} ${event} ${length}`);
  }
}
