import { formatEndpoint } from '../../model/endpoint.ts';
import { OptionReader } from '../../base/options.ts';
import type { Probe, ProbeContext, ProbeResult, ProbeSubject } from '../probe.ts';
import { converse } from './conversation.ts';

/** Where to connect to. */
export interface ConnectProbeOptions {
  /** Another port than the one traffic goes to. 1 to 65535. */
  readonly port?: number;
}

/** {@link ConnectProbeOptions}, complete. */
export interface ResolvedConnectProbeOptions {
  readonly port: number | undefined;
}

/** Proves that something listens on the port, and no more. */
export class ConnectProbe implements Probe {
  readonly kind = 'connect';
  readonly #port: number | undefined;

  constructor({ port }: ResolvedConnectProbeOptions) {
    this.#port = port;
  }

  check(subject: ProbeSubject, context: ProbeContext): Promise<ProbeResult> {
    const port = this.#port ?? subject.port;
    const reason = `${formatEndpoint(subject.host, port)} accepted the connection`;
    const connected = { ok: true, code: 'connected', reason };
    return converse(context, subject.host, port, {
      begin: () => connected,
      hear: () => connected,
      conclude: () => connected,
    });
  }
}

/**
 * Connects to a TCP port and closes at once, sending nothing. DICOM servers log each of these as an
 * association that ended before it began.
 *
 * Codes: `connected`; `refused`, `reset`, `timeout`, `unreachable`.
 *
 * @throws OptionsError
 */
export function connectProbe(options: ConnectProbeOptions = {}): Probe {
  const reader = new OptionReader('connectProbe', options);
  const resolved = readConnectProbe(reader);
  reader.finish();
  return new ConnectProbe(resolved);
}

export function readConnectProbe(reader: OptionReader): ResolvedConnectProbeOptions {
  return { port: reader.integer('port', { min: 1, max: 65535, default: undefined }) };
}
